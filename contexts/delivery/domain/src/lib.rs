//! What delivery decides: whether an order is on its way, whether it arrived, what becomes of an
//! attempt that failed, and who won when a cancel raced it.
//!
//! ```text
//! expected ──request──▶ requested ──assign──▶ assigned ──start──▶ started ──complete──▶ completed
//!                          │  ▲                 │  ▲               │ │                    │
//!                          │  └─────────────────┼──┴──retry── failed◀┘ (often enough:     │
//!                          │                    │                  │     returned)        │
//!                          └──────cancel────────┴──────────────────┴──────cancel──────────┴──▶ released
//! ```
//!
//! Where the shop's deliveries set out by themselves, the start follows in the same decision.
//!
//! Invariants:
//!
//! - A delivery is requested once, for an order that ordering has told to be prepared.
//! - How late a cancel may come is the shop's rule, and never later than the order is complete: start,
//!   complete and cancel meet here, one after the other, and exactly one of them wins.
//! - The address changes until it first sets out, and never again: start and change meet here too.
//! - It sets out at most as often as the shop's life says; the last failure returns it in the same
//!   decision.
//! - Returned and released deliveries never move again; a completed one only by a cancel that the
//!   shop's rule still allows.
//!
//! To change a rule: `delivery.rs` and its test in `tests/rules/`.

mod delivery;
mod rejection;
mod routine;

pub use delivery::{Delivery, DeliveryCommand};
pub use rejection::DeliveryRejection;
pub use routine::Routine;
