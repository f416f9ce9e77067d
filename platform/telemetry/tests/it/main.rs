//! Traces as a collector sees them.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod collector;
mod traces;
