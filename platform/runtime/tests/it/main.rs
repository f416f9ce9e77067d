//! The engine with a toy service on it: jars that marbles are put into.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod bench;
mod effects;
mod failures;
mod faulty;
mod house;
mod parking;
mod sources;
mod timers;
mod toy;
mod turns;
mod watches;
mod writer;
