use kernel::{CustomerId, Money, OrderId, ShopKey, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Posting;

kernel::events! {
    /// What became of a prepaid account.
    pub enum DepositEvent {
        /// The account is open.
        Opened(DepositOpenedV1) = "deposit-opened.v1",
        /// Money was paid in.
        ToppedUp(DepositToppedUpV1) = "deposit-topped-up.v1",
        /// Some of it is set aside for an order: nobody else can spend it.
        Held(DepositHeldV1) = "deposit-held.v1",
        /// What was set aside is free again.
        Released(DepositReleasedV1) = "deposit-released.v1",
        /// An order was paid from it.
        Captured(DepositCapturedV1) = "deposit-captured.v1",
        /// An order's money came back to it.
        Refunded(DepositRefundedV1) = "deposit-refunded.v1",
    }
}

/// The account is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositOpenedV1 {
    /// Whose; the shop's walk-in account, which pays for those who say no name, has no customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// What it opens with.
    pub balance: Money,
    /// The double entry; none where it opens with nothing.
    pub postings: Vec<Posting>,
}

/// Money was paid in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositToppedUpV1 {
    /// How much.
    pub amount: Money,
    /// What is on it now.
    pub balance: Money,
    /// What whoever took the money calls it: a receipt's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The double entry.
    pub postings: Vec<Posting>,
}

/// Some of it is set aside for an order: nobody else can spend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositHeldV1 {
    /// Which order.
    pub order: OrderId,
    /// How much.
    pub amount: Money,
    /// What is on the account, set aside or not.
    pub balance: Money,
    /// What of it is set aside now, for this order and others.
    pub held: Money,
    /// The double entry.
    pub postings: Vec<Posting>,
}

/// What was set aside is free again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositReleasedV1 {
    /// Which order.
    pub order: OrderId,
    /// How much.
    pub amount: Money,
    /// What is on the account, set aside or not.
    pub balance: Money,
    /// What of it is set aside now, for others.
    pub held: Money,
    /// The double entry.
    pub postings: Vec<Posting>,
}

/// An order was paid from it, with what was set aside for it. The double entry is the payment's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositCapturedV1 {
    /// Which order.
    pub order: OrderId,
    /// How much.
    pub amount: Money,
    /// What is on the account now.
    pub balance: Money,
    /// What of it is set aside for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Money>,
}

/// An order's money came back to it. The double entry is the payment's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositRefundedV1 {
    /// Which order.
    pub order: OrderId,
    /// Which refund of its payment.
    pub step: u32,
    /// How much.
    pub amount: Money,
    /// What is on the account now.
    pub balance: Money,
}

/// A prepaid account as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DepositView {
    /// Its name in paths: the customer's id, or `walk-in`.
    pub account: String,
    /// The shop that keeps it.
    pub shop: ShopKey,
    /// Its number in the shop.
    pub number: u64,
    /// Whose; nobody's where it is the walk-in account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// What is on it.
    pub balance: Money,
    /// What of it is set aside for orders that are not paid yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Money>,
    /// What can be spent: the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<Money>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Its version: the number of the latest line of its statement.
    pub version: u64,
}

/// Why a line of a statement is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatementReason {
    /// The account was opened.
    Opened,
    /// Money was paid in.
    ToppedUp,
    /// Some of it was set aside for an order.
    Held,
    /// What was set aside is free again.
    Released,
    /// An order was paid.
    Captured,
    /// An order's money came back.
    Refunded,
}

/// A line of an account's statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementLine {
    /// Its place, from 1.
    pub line: u64,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: StatementReason,
    /// What it changed: negative where money left the account; what was set aside, or set free, where
    /// nothing left it.
    pub amount: Money,
    /// What was on the account afterwards, set aside or not.
    pub balance: Money,
    /// What of it was set aside afterwards, for orders that were not paid yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Money>,
    /// The order it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// The order's number in the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_number: Option<u64>,
    /// What whoever took the money calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}
