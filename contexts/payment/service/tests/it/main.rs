//! Payment as it runs: its writer stepped by hand, its routes called without a network.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod approvals;
mod audit;
mod callbacks;
mod closings;
mod deposits;
mod dialects;
mod doors;
mod far;
mod forged;
mod house;
mod outcomes;
mod patience;
mod program;
mod proposals;
mod reconcile;
mod refunds;
mod routes;
mod sandbox;
mod voids;
