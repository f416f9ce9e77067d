use std::collections::BTreeMap;

use kernel::{CustomerId, Money, OrderId, ShopKey, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CancelReason, OrderLine, RefusalReason};

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OrderState {
    /// Taken; not valid yet (waits for stock or money).
    Placed,
    /// The money is there; being confirmed.
    Paid,
    /// Stands, for later: it goes to whoever makes it when it is due.
    Scheduled,
    /// Valid: whoever makes it may begin.
    Confirmed,
    /// Taken on.
    Accepted,
    /// Being made.
    Started,
    /// Made.
    Prepared,
    /// On its way.
    DeliveryStarted,
    /// At the customer's.
    Delivered,
    /// Done.
    Completed,
    /// Will not be made.
    Cancelled,
    /// Cancelled, and the money is back.
    Refunded,
    /// Never stood.
    Refused,
}

impl OrderState {
    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Paid => "paid",
            Self::Scheduled => "scheduled",
            Self::Confirmed => "confirmed",
            Self::Accepted => "accepted",
            Self::Started => "started",
            Self::Prepared => "prepared",
            Self::DeliveryStarted => "delivery-started",
            Self::Delivered => "delivered",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
            Self::Refused => "refused",
        }
    }
}

/// An order as ordering shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderView {
    /// Its id.
    pub id: OrderId,
    /// Its shop.
    pub shop: ShopKey,
    /// Its number in the shop.
    pub number: u64,
    /// The short number of the day.
    pub call_number: u32,
    /// Where it stands.
    pub state: OrderState,
    /// Whether a cancel waits for the kitchen's answer.
    pub cancel_requested: bool,
    /// Why it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<CancelReason>,
    /// Why it never stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal_reason: Option<RefusalReason>,
    /// Who ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// The lines.
    pub lines: Vec<OrderLine>,
    /// The sum.
    pub total: Money,
    /// The note to whoever makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The name to call out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What the client wanted kept with it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Where it is brought to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When the customer wants it, where it is for later, milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_at: Option<Timestamp>,
    /// The table that staff bring it to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Whether a change of the address waits for delivery's answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub address_change_requested: bool,
    /// When it was placed, milliseconds since 1970.
    pub placed_at: Timestamp,
    /// When it will be there, as it was promised when it was placed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_at: Option<Timestamp>,
    /// The version of the order: its entity tag.
    pub version: u64,
}
