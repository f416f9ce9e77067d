use kernel::{CustomerId, Money, OrderId, ShopKey, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PaymentState {
    /// Asked for; the customer has not approved it yet.
    WaitingForApproval,
    /// Asked for; the provider has not said yet.
    Requested,
    /// The provider was asked and did not say; it is asked again.
    Unknown,
    /// Captured.
    Approved,
    /// The provider said no.
    Declined,
    /// Not wanted any longer; being called back.
    Voiding,
    /// Nothing moved, and nothing will.
    Voided,
    /// Captured; some or all of it is going back.
    Refunding,
    /// Some of it should go back and the provider will not give it: somebody of the shop has to.
    RefundImpossible,
    /// Some of it is back.
    PartlyRefunded,
    /// All of it is back.
    Refunded,
}

impl PaymentState {
    /// Every state.
    pub const ALL: &'static [Self] = &[
        Self::WaitingForApproval,
        Self::Requested,
        Self::Unknown,
        Self::Approved,
        Self::Declined,
        Self::Voiding,
        Self::Voided,
        Self::Refunding,
        Self::RefundImpossible,
        Self::PartlyRefunded,
        Self::Refunded,
    ];

    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WaitingForApproval => "waiting-for-approval",
            Self::Requested => "requested",
            Self::Unknown => "unknown",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Voiding => "voiding",
            Self::Voided => "voided",
            Self::Refunding => "refunding",
            Self::RefundImpossible => "refund-impossible",
            Self::PartlyRefunded => "partly-refunded",
            Self::Refunded => "refunded",
        }
    }
}

/// A payment as it is shown. The token is never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentView {
    /// The order it pays.
    pub order: OrderId,
    /// Its shop.
    pub shop: ShopKey,
    /// The order's number.
    pub number: u64,
    /// Who pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// Where it stands.
    pub state: PaymentState,
    /// How much.
    pub amount: Money,
    /// How much of it is back.
    pub refunded: Money,
    /// The provider's approval code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_code: Option<String>,
    /// The provider's reason for a decline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decline_reason: Option<String>,
    /// Its refunds.
    pub refunds: Vec<RefundView>,
    /// Refunds that wait for a second person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<ProposalView>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Its version: the entity tag.
    pub version: u64,
}

/// A refund that waits for a second person, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProposalView {
    /// Which proposal, from 1.
    pub proposal: u32,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Who proposes it.
    pub proposed_by: String,
    /// Until when it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A refund as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefundView {
    /// Which refund, from 1.
    pub step: u32,
    /// How much.
    pub amount: Money,
    /// Whether the money is back.
    pub done: bool,
    /// Why.
    pub reason: String,
    /// Why the provider will not give it back, where it will not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impossible: Option<String>,
    /// How the shop gave it back itself, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<String>,
}

/// An account of the ledger as it is shown: balances over all accounts of a shop sum to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LedgerAccountView {
    /// The shop that it is kept for.
    pub shop: ShopKey,
    /// Its name: `provider-clearing`, `shop/cafe`.
    pub account: String,
    /// Debits less credits.
    pub balance: Money,
    /// How many postings made it.
    pub postings: u64,
}
