//! What payment decides: whether an order's money moves, moved, and moves back.
//!
//! One [`Payment`] per order, under the order's id.
//!
//! ```text
//!                    Request           RecordApproved
//!        Unasked ---------------> Asked -------------> Captured --Refund--> Captured (refunds)
//!           |                    |  |  ^ RecordUnknown     ^  Void: all that is left goes back
//!           | Void          Void |  |  '-- (asked again)   |
//!           |                    |  '--RecordDeclined--> Declined --Void--> Voided
//!           v                    v                         |
//!        Voided <--Declined-- Voiding --RecordApproved--> Captured, the whole of it going back
//! ```
//!
//! Where the customer approves the payment as a step of its own, it is `Awaited` first: `Approve` makes it
//! `Asked`, a decline makes it `Awaited` again (under another key), `CancelAwaited` makes it `Voided`.
//!
//! One [`DepositAccount`] per customer and shop, and one for those who say no name: opened, topped up;
//! held for an order, and captured or released; refunded to.
//!
//! One [`Discrepancy`] per difference between the provider's book and ours: found once, settled once.
//!
//! One [`BusinessDay`] per day and shop: open, and closed once it is over, with what the ledger holds of it.
//!
//! Invariants:
//! - What can be spent of a deposit is never less than nothing; what left it is what orders were paid
//!   with; what is held for an order is captured by it or released, once.
//! - At most one capture per order, and never one for an order that gave up before it asked: a
//!   [`PaymentCommand::Void`] before the request leaves a tombstone that the request dies on.
//! - What goes back never exceeds what was captured; beyond what one person may give alone, a second
//!   one confirms it first, or it is withdrawn.
//! - What the provider will not give back is said so, once, and waits for the shop's own hands.
//! - Silence is not a no: an outcome that is not known stays [`PaymentState::Unknown`] until the
//!   provider says.
//! - Money that moved is never overlooked: a capture that is heard of after the order gave up is
//!   recorded, and called back in the same decision.
//! - A day is closed once, with a number of its own, after it is over: its sums stand for good.
//! - Every movement carries a double entry that sums to nothing.
//!
//! To add a rule: `decide` in `payment.rs`, its test in `tests/rules/`. To add an event: its payload
//! in `payment-contract` first.
//!
//! [`PaymentState::Unknown`]: payment_contract::PaymentState::Unknown

mod day;
mod deposit;
mod discrepancy;
mod payment;
mod postings;
mod refunds;
mod rejection;
mod terms;

pub use day::{BusinessDay, DayCommand, DayRejection};
pub use deposit::{DepositAccount, DepositCommand, DepositRejection};
pub use discrepancy::{Discrepancy, DiscrepancyCommand, shop_of as discrepancy_shop};
pub use payment::{Payment, PaymentCommand, PaymentRequest, VoidCause};
pub use postings::{
    DEPOSIT_FUNDS, DEPOSIT_GIVEN_BY_HAND, GIVEN_BY_HAND, PROVIDER_CLEARING, PROVIDER_DIFFERENCES,
    deposit_account, held_account, shop_account,
};
pub use refunds::{Giver, Proposal, Refund, Refunds, Withdrawer};
pub use rejection::Rejection;
pub use terms::{Approvals, Terms};
