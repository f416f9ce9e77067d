//! The journal on SQLite passes the behaviour suite, agrees with the reference store on random
//! batches, and does what only a file does: survive, refuse, check, be copied.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod backups;
mod behaviours;
mod files;
mod log;
mod log_end;
mod model;
mod workshop;
