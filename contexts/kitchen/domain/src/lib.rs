//! What the kitchen decides: whether an order is taken on, whether making has begun, and who won
//! when a cancel raced it.
//!
//! ```text
//! expected ──open──▶ open ──accept──▶ accepted ──start──▶ started ──complete──▶ finished ──hand over──▶ handed over
//!                     │ └──reject──▶ rejected │
//!                     └────────cancel─────────┴──▶ released
//! ```
//!
//! Where the shop accepts or makes by itself, those steps follow in the same decision.
//!
//! Invariants:
//!
//! - A ticket is opened once, for an order that ordering has confirmed.
//! - No cancel after making has started, unless the shop's life names a later stage: cancel and
//!   start meet here, one after the other, and exactly one of them wins.
//! - Rejected, released and handed-over tickets never move again.
//!
//! To change a rule: `ticket.rs` and its test in `tests/rules/`.

mod rejection;
mod routine;
mod ticket;

pub use rejection::TicketRejection;
pub use routine::Routine;
pub use ticket::{Ticket, TicketCommand};
