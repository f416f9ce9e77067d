//! What payment promises: whether money moved, as events and as it is read.
//!
//! One payment per order, with the order's id. An outcome that is not known is *unknown*, never
//! *declined*. Every event that moves money carries its double entry: its postings sum to nothing.
//!
//! Prepaid accounts tell their own facts, as [`DepositEvent`]s in streams of their own; whoever follows
//! payments passes them by (their names begin with `deposit-`). So do closed days ([`DayEvent`], `day-`).
//!
//! To add an event: a payload in `events.rs`, its line in `events!`, a golden sample in `golden/`,
//! `evolve` and `decide` in `payment-domain`.

mod ask;
mod days;
mod deposits;
mod discrepancies;
mod events;
mod views;

pub use ask::{AskError, AskPayment, Asking, PaymentClient};
pub use days::{ClosingView, DayClosedV1, DayEvent, PaidWith, Takings};
pub use deposits::{
    DepositCapturedV1, DepositEvent, DepositHeldV1, DepositOpenedV1, DepositRefundedV1, DepositReleasedV1,
    DepositToppedUpV1, DepositView, StatementLine, StatementReason,
};
pub use discrepancies::{
    DiscrepancyEvent, DiscrepancyFoundV1, DiscrepancyKind, DiscrepancySettledV1, Remedy,
};
pub use events::{
    PaymentApprovedV1, PaymentAttemptDeclinedV1, PaymentAwaitedV1, PaymentDeclinedV1, PaymentEvent,
    PaymentOutcomeUnknownV1, PaymentRefundedV1, PaymentRequestedV1, PaymentVoidRequestedV1, PaymentVoidedV1,
    Posting, RefundImpossibleV1, RefundProposedV1, RefundRequestedV1, RefundWithdrawnV1,
};
pub use views::{LedgerAccountView, PaymentState, PaymentView, ProposalView, RefundView};

/// The role's name.
pub const ROLE: &str = "payment";

/// The method of a payment that is taken from a prepaid account of the shop.
pub const DEPOSIT_METHOD: &str = "deposit";
