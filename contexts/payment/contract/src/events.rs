use kernel::{CustomerId, Money, OrderId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

kernel::events! {
    /// What became of an order's money.
    pub enum PaymentEvent {
        /// Asked for; the customer is to approve it before anything moves.
        Awaited(PaymentAwaitedV1) = "payment-awaited.v1",
        /// The intent, before the provider is called.
        Requested(PaymentRequestedV1) = "payment-requested.v1",
        /// The money is captured.
        Approved(PaymentApprovedV1) = "payment-approved.v1",
        /// The provider said no; nothing moved.
        Declined(PaymentDeclinedV1) = "payment-declined.v1",
        /// The provider said no to the customer's method; another one may be approved.
        AttemptDeclined(PaymentAttemptDeclinedV1) = "payment-attempt-declined.v1",
        /// The provider did not say; it is asked again.
        OutcomeUnknown(PaymentOutcomeUnknownV1) = "payment-outcome-unknown.v1",
        /// The order does not want it any longer; whatever moved is called back.
        VoidRequested(PaymentVoidRequestedV1) = "payment-void-requested.v1",
        /// Nothing moved, and nothing will.
        Voided(PaymentVoidedV1) = "payment-voided.v1",
        /// Somebody wishes to give back more than one person may alone; a second one is to confirm it.
        RefundProposed(RefundProposedV1) = "refund-proposed.v1",
        /// What waited for a second person is not wished any longer.
        RefundWithdrawn(RefundWithdrawnV1) = "refund-withdrawn.v1",
        /// Money is to go back: the intent, before the provider is called.
        RefundRequested(RefundRequestedV1) = "refund-requested.v1",
        /// The provider will not give it back: somebody of the shop has to.
        RefundImpossible(RefundImpossibleV1) = "refund-impossible.v1",
        /// Money is back.
        Refunded(PaymentRefundedV1) = "payment-refunded.v1",
    }
}

/// One side of a double entry: positive is a debit, negative a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Posting {
    /// The account: `provider-clearing`, `shop/cafe`.
    pub account: String,
    /// How much.
    pub amount: Money,
}

/// Asked for; the customer is to approve it before anything moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentAwaitedV1 {
    /// The order: the root of every key at the provider.
    pub order: OrderId,
    /// How much.
    pub amount: Money,
    /// With what, where the customer names nothing else: the provider's token.
    pub method: String,
    /// Who pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// When it was asked for.
    pub requested_at: Timestamp,
}

/// The provider said no to the customer's method; another one may be approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentAttemptDeclinedV1 {
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The provider's reason.
    pub reason: String,
}

/// The intent, before the provider is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequestedV1 {
    /// How much.
    pub amount: Money,
    /// With what: the provider's token.
    pub method: String,
    /// The key at the provider: order id and attempt.
    pub provider_key: String,
    /// Who pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// When it was asked for.
    pub requested_at: Timestamp,
}

/// The money is captured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentApprovedV1 {
    /// How much.
    pub amount: Money,
    /// The provider's approval code.
    pub approval_code: String,
    /// The double entry.
    pub postings: Vec<Posting>,
}

/// The provider said no; nothing moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentDeclinedV1 {
    /// The provider's reason.
    pub reason: String,
}

/// The provider did not say; it is asked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentOutcomeUnknownV1 {
    /// What happened instead of an answer.
    pub cause: String,
}

/// The order does not want it any longer; whatever moved is called back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentVoidRequestedV1 {}

/// Nothing moved, and nothing will.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentVoidedV1 {}

/// Money is to go back: the intent, before the provider is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRequestedV1 {
    /// Which refund of this payment, from 1.
    pub step: u32,
    /// How much.
    pub amount: Money,
    /// The key at the provider: order id and step.
    pub provider_key: String,
    /// Why, in words.
    pub reason: String,
    /// Whether the order never stood, so that its payment is shown in no list.
    #[serde(default)]
    pub withdrawn: bool,
    /// Which proposal was confirmed, where one person may not give so much alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<u32>,
}

/// Somebody wishes to give back more than one person may alone; a second one is to confirm it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundProposedV1 {
    /// Which proposal of this payment, from 1.
    pub proposal: u32,
    /// How much.
    pub amount: Money,
    /// Why, in words.
    pub reason: String,
    /// Who proposes it: `staff:kim`.
    pub proposed_by: String,
    /// Until when it waits; for ever where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// What waited for a second person is not wished any longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundWithdrawnV1 {
    /// Which proposal.
    pub proposal: u32,
    /// Who took it back: `staff:kim`; nobody where it waited for too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<String>,
}

/// The provider will not give it back: somebody of the shop has to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundImpossibleV1 {
    /// Which refund.
    pub step: u32,
    /// How much.
    pub amount: Money,
    /// What the provider says.
    pub reason: String,
}

/// Money is back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRefundedV1 {
    /// Which refund.
    pub step: u32,
    /// How much.
    pub amount: Money,
    /// Whether nothing of the payment is left.
    pub whole: bool,
    /// How, where the shop gave it back itself because the provider would not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<String>,
    /// The double entry.
    pub postings: Vec<Posting>,
}
