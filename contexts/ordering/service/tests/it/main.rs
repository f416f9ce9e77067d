//! Ordering as its neighbours and its clients meet it: events in by hand, one step at a time, and
//! the routes over a running writer.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod cancelling;
mod checks;
mod deferring;
mod ending;
mod house;
mod keys;
mod later;
mod lives;
mod opening;
mod paying;
mod promising;
mod readdressing;
mod routes;
mod routes_address;
mod routes_cancel;
mod shop;
mod shops;
mod stock;
mod tampering;
mod trouble;
mod wishing;
mod words;
