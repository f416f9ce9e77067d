//! The list that delivery keeps in the same transaction as its facts: one row per delivery.

mod deliveries;

pub use deliveries::DELIVERIES;
pub(crate) use deliveries::{Moving, address_at, move_delivery, put_requested, read_delivery, to_json};
