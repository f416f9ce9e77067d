//! What is asked of SQLite itself: the yardstick of raw inserts, and what the journals of the
//! program hold. Only here SQL is written; the checks do not ask the program how it did.

mod journals;
mod raw_sqlite;

pub(crate) use journals::Journals;
pub(crate) use raw_sqlite::raw_inserts_per_second;
