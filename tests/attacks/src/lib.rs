//! What strangers try, and that it does not work: requests that two programs would read in two ways,
//! clients that are slow or greedy, bodies, headers and numbers that are made to break something.
//!
//! Each check is a file of `tests/it` and has a row in `docs/security.md`: what is proven, by which test,
//! with which count. To add one: a file there, its row on the page (a test holds the page to the tests).
//! What reads bytes is also a function of [`parsers`] each, which `fuzz/` drives. [`Village`] is a gateway before
//! the roles of another process; [`Chance`] draws what is the same for the same seed.

#![expect(clippy::unwrap_used, reason = "a check that cannot go on fails its test")]

mod chance;
mod document;
mod memory;
mod mutation;
pub mod parsers;
mod village;

pub use chance::Chance;
pub use document::{Operation, operations};
pub use memory::memory_kib;
pub use mutation::mutated;
pub use village::Village;
