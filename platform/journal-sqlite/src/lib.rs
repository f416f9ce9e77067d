//! The journal on SQLite: one file per service, one writer, one sync per batch.
