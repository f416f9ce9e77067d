//! Shops are read here; they are made by shop files.

pub(super) mod get;
pub(super) mod list;
