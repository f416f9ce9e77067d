//! The list that inventory keeps in the same transaction as its facts: one row per stock item.

mod stock;

pub use stock::{LOW, STOCK};
pub(crate) use stock::{THERE, put_item, to_json};
