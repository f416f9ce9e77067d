//! What people wish, and what an effect brings back. One file each.

mod abandon_payment;
mod cancel_order;
mod place_order;
mod priced;
mod replay;
mod time_of;

pub(crate) use abandon_payment::abandon_payment;
pub(crate) use cancel_order::{cancel_order, may_see};
pub(crate) use place_order::place_order;
pub use replay::replay_body;
