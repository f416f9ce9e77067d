//! Inventory as its neighbours and its clients meet it: events in by hand, one step at a time, and
//! the routes over a running writer.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod commands;
mod conservation;
mod house;
mod orders;
mod restart;
mod routes;
mod snapshots;
mod watching;
