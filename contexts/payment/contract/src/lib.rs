//! What payment promises: whether money moved, as events and as it is read.
//!
//! One payment per order, with the order's id. An outcome that is not known is *unknown*, never
//! *declined*. Every event that moves money carries its double entry: its postings sum to nothing.
//!
//! To add an event: a payload in `events.rs`, its line in `events!`, a golden sample in `golden/`,
//! `evolve` and `decide` in `payment-domain`.

mod ask;
mod events;
mod views;

pub use ask::{AskError, AskPayment, Asking, PaymentClient};
pub use events::{
    PaymentApprovedV1, PaymentDeclinedV1, PaymentEvent, PaymentOutcomeUnknownV1, PaymentRefundedV1,
    PaymentRequestedV1, PaymentVoidRequestedV1, PaymentVoidedV1, Posting, RefundRequestedV1,
};
pub use views::{LedgerAccountView, PaymentState, PaymentView, RefundView};

/// The role's name.
pub const ROLE: &str = "payment";
