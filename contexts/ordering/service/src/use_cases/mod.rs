//! What people wish, and what an effect brings back. One file each.

mod abandon_payment;
mod cancel_order;
mod change_address;
mod place_order;
mod priced;
mod replay;
mod seen;
mod time_of;
mod wish_step;

pub(crate) use abandon_payment::abandon_payment;
pub(crate) use cancel_order::cancel_order;
pub(crate) use change_address::change_address;
pub(crate) use place_order::place_order;
pub(crate) use priced::{check_address_text, quote};
pub use replay::replay_body;
pub(crate) use time_of::time_of;
pub(crate) use wish_step::wish_step;
