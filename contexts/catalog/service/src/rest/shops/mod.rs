//! Shops are read here, and opened and closed for a while; they are made by shop files.

pub(super) mod get;
pub(super) mod list;
pub(super) mod read_opening;
pub(super) mod set_opening;
