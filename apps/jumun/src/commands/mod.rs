//! The command line, one command per file.

pub(crate) mod shops;
