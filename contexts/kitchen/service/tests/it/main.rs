//! The kitchen as its neighbours and its clients meet it: events in by hand, one step at a time, and
//! the routes over a running writer.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod house;
mod orders;
mod races;
mod restart;
mod routes;
mod steps;
mod wishes;
