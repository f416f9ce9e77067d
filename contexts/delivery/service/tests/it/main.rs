//! Delivery as its neighbours and its clients meet it: events in by hand, one step at a time, and time
//! that passes.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod house;
mod orders;
mod races;
mod steps;
mod time;
mod wishes;
