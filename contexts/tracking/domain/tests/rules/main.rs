//! What tracking makes of its neighbours' events.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod census;
mod days;
mod house;
mod receipts;
mod whys;
