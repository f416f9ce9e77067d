//! The catalog as it runs: its writer stepped by hand, its routes called without a network.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod house;
mod imports;
mod items;
mod opening;
mod rest;
mod rest_opening;
mod stock;
