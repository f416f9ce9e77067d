//! Menus are read here, and their items switched off and on.

mod cache;
pub(super) mod get;
pub(super) mod import;
pub(super) mod list;
mod local;
pub(super) mod set_sold_out;

pub(super) use cache::MenuCache;
