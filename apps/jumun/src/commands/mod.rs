//! The command line, one command per file.

pub(crate) mod load;
pub(crate) mod openapi;
pub(crate) mod shops;
pub(crate) mod verify;
