//! How ordering asks payment: near, by a handle, or far, over HTTP. Both are a
//! [`payment_contract::PaymentClient`]; which one is decided at start-up.

mod far;
mod near;
mod switch;

pub use far::{FarPayment, HolderOf};
pub use near::NearPayment;
pub use switch::{DoorState, PaymentSwitch};
