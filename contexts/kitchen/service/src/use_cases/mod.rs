//! What can be done to a ticket, one wish per file.

mod answer_cancel;
mod open_ticket;
mod take_step;

pub(crate) use answer_cancel::answer_cancel;
pub(crate) use open_ticket::open_ticket;
pub(crate) use take_step::take_step;
