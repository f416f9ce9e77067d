use kernel::{OrderId, ShopKey, Timestamp};
use ordering_contract::OrderLine;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TicketState {
    /// There to be taken on.
    Open,
    /// Taken on.
    Accepted,
    /// Not taken on.
    Rejected,
    /// Being made.
    Started,
    /// Made.
    Finished,
    /// The customer has it.
    HandedOver,
    /// Cancelled in time.
    Released,
}

impl TicketState {
    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Started => "started",
            Self::Finished => "finished",
            Self::HandedOver => "handed-over",
            Self::Released => "released",
        }
    }
}

/// A ticket as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TicketView {
    /// The order it makes.
    pub order: OrderId,
    /// Its shop.
    pub shop: ShopKey,
    /// The order's number.
    pub number: u64,
    /// The short number of the day.
    pub call_number: u32,
    /// Where it stands.
    pub state: TicketState,
    /// What to make.
    pub lines: Vec<OrderLine>,
    /// The note to whoever makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When the customer wants it, where it is for later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_at: Option<Timestamp>,
    /// The table that it is brought to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Why it was not taken on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reject_reason: Option<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Its version: the entity tag.
    pub version: u64,
}
