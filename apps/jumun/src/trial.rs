//! Everybody's access, tried: who stands before which route, and whose things they ask for.
//!
//! The whole program in one process, without a socket, in which tokens are names. What must come of a
//! request follows from the table of who may do what and from whose the thing is; nothing here lists
//! routes. To add somebody: a row in `people.rs`. To add a way round: `tricks.rs`.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod matrix;
mod people;
mod swaps;
mod tampering;
mod tricks;
mod words;
mod world;
