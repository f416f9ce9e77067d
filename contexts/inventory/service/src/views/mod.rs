//! The list that inventory keeps in the same transaction as its facts: one row per stock item.

mod stock;

pub use stock::STOCK;
pub(crate) use stock::{put_item, to_json};
