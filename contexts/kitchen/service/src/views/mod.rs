//! The list that the kitchen keeps in the same transaction as its facts: one row per ticket.

mod tickets;

pub use tickets::TICKETS;
pub(crate) use tickets::{Moving, move_ticket, put_opened, read_ticket, to_json};
