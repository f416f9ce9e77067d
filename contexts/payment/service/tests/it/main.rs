//! Payment as it runs: its writer stepped by hand, its routes called without a network.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod house;
mod outcomes;
mod refunds;
mod sandbox;
mod voids;
