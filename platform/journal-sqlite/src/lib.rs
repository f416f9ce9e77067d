//! The journal on SQLite: one file per service, one writer, one sync per batch.
//!
//! A [`SqliteJournal`] is the writer of `DATA/<role>/journal.db`; a [`SqliteReader`] reads it
//! beside the writer, in this process or another. What is on the disk is checked against its
//! hashes whenever it is read. [`backup`] takes one cut over the journals of all roles, and
//! [`restore`] lays them out again as the next life of each.
//!
//! To change the stored form: add `migrations/V<n>__<what>.sql` (it sets `user_version` to `<n>`),
//! raise `SCHEMA_VERSION` in `connection.rs`, and visit the file of the table in `tables/`. The
//! behaviour suite of `journal` and the model test tell whether it still does what it must.

pub mod backup;
mod checkpoint;
mod checksum;
mod codec;
mod connection;
mod failure;
mod heights;
mod identity;
mod journal;
mod log_end;
mod names;
mod options;
mod reader;
mod store;
mod tables;

pub use backup::{Cut, backup, restore};
pub use journal::SqliteJournal;
pub use options::Options;
pub use reader::SqliteReader;

use std::path::{Path, PathBuf};

/// The name of a journal's file in its role's folder.
pub const FILE_NAME: &str = "journal.db";

/// Where a role's journal lies in a data folder.
#[must_use]
pub fn journal_path(data: &Path, role: &str) -> PathBuf {
    data.join(role).join(FILE_NAME)
}
