//! All roles in one thread, in virtual time, with faults from a seed.
//!
//! A run opens the shops, lets customers order and staff work while faults strike (*chaos*), stops
//! the faults and repairs (*heal*), waits until nothing moves (*quiesce*) and checks every invariant
//! that it has not checked on the way. The roles are the product's own processors on journals in
//! memory; their neighbours, sockets and the provider are played by [`world`](crate). The same seed
//! gives the same run, to the last hash.
//!
//! - To add a fault: a variant of [`Fault`], where it strikes in `world/` or `link.rs`, its reasons
//!   for empty cells in `empty-cells.txt`.
//! - To add a race (what is aimed to meet at one moment): a variant of [`Race`], `world/races.rs`.
//! - To add an invariant: `check/`. To add a role: a line in `role.rs` and in `world/mod.rs`.
//! - To keep a seed that failed once: a line in `regressions.txt`.

pub mod bell_model;
mod chance;
mod check;
mod clock;
mod coverage;
mod digest;
mod disk;
mod fault;
mod first_seed;
mod interposed;
mod ledger;
mod link;
mod minimise;
mod moment;
mod node;
mod plan;
mod race;
mod regressions;
mod role;
mod run;
mod saga;
mod schedule;
mod shops;
mod sweep;
mod world;

pub use check::Violation;
pub use coverage::Coverage;
pub use fault::Fault;
pub use first_seed::first_of_commit;
pub use ledger::Ledger;
pub use minimise::minimise;
pub use plan::Smaller;
pub use race::Race;
pub use regressions::{Regression, regressions};
pub use run::{Report, run};
pub use saga::SagaStep;
pub use sweep::{Sweep, sweep};
