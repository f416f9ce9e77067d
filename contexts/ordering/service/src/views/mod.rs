//! What ordering shows: the row of an order in its own list.

mod order_row;

pub use order_row::{ORDERS, order_row};
pub(crate) use order_row::{render, subject_of};
