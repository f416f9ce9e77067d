//! What can be done to a delivery, one wish per file.

mod answer_address_change;
mod answer_cancel;
mod request_delivery;
mod take_step;

pub(crate) use answer_address_change::answer_address_change;
pub(crate) use answer_cancel::answer_cancel;
pub(crate) use request_delivery::request_delivery;
pub(crate) use take_step::{routine, take_step};
