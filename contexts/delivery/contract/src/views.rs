use kernel::{OrderId, ShopKey, Timestamp};
use ordering_contract::OrderLine;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// There to be brought.
    Requested,
    /// A courier has it.
    Assigned,
    /// On its way.
    Started,
    /// An attempt failed; it is tried again.
    Failed,
    /// The customer has it.
    Completed,
    /// It was tried often enough: the goods are back.
    Returned,
    /// Cancelled in time.
    Released,
}

impl DeliveryState {
    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Assigned => "assigned",
            Self::Started => "started",
            Self::Failed => "failed",
            Self::Completed => "completed",
            Self::Returned => "returned",
            Self::Released => "released",
        }
    }
}

/// A delivery as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryView {
    /// The order it brings.
    pub order: OrderId,
    /// Its shop.
    pub shop: ShopKey,
    /// The order's number.
    pub number: u64,
    /// The short number of the day.
    pub call_number: u32,
    /// Where it stands.
    pub state: DeliveryState,
    /// What to bring.
    pub lines: Vec<OrderLine>,
    /// When it is wanted; as soon as it can be where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_at: Option<Timestamp>,
    /// To whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Where to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Who brings it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub courier: Option<String>,
    /// How often it set out.
    pub attempts: u32,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_reason: Option<String>,
    /// When it was requested.
    pub requested_at: Timestamp,
    /// Its version: the entity tag.
    pub version: u64,
}
