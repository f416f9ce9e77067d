//! Kills the real program under load and counts what is left.
//!
//! A cycle: the program is started on the folder of the last one, people order, approve, pay in, cancel,
//! cook, bring and restock over real HTTP, and in the midst of it the program is killed (SIGKILL). Everybody keeps
//! a log of what was acknowledged; what was not answered is asked for again, with the key it had,
//! in the next cycle, and in the one after if that one is killed too. Some cycles kill the program
//! while it starts. At the end of a folder everybody asks until they are answered, and the logs are
//! held against the API and against the stores themselves, read without the program.
//!
//! - `plan.rs`: what a cycle does, from the seed.
//! - `wish.rs`: what people ask for, and how an answer is judged. To add a kind: a variant there.
//! - `person.rs`: who asks, and what they remember.
//! - `program.rs`: the program under test.
//! - `house.rs`: the cycles of one data folder.
//! - `bounds.rs`: what the program may hold of its machine, looked at before every kill.
//! - `check/`: what must be true in the end. To add a check: a file there, a line in its `mod.rs`.

pub mod bounds;
pub mod check;
pub mod house;
pub mod memory;
pub mod person;
pub mod plan;
pub mod program;
pub mod shops;
pub mod wire;
pub mod wish;
