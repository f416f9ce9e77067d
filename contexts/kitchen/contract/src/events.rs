use catalog_contract::LifeHash;
use kernel::{Personal, Timestamp};
use ordering_contract::{OrderLine, OrderNote};
use serde::{Deserialize, Serialize};

kernel::events! {
    /// What happens at the counter. One ticket per order, with the order's id.
    pub enum KitchenEvent {
        /// A valid order is there to be made.
        Opened(TicketOpenedV1) = "ticket-opened.v1" with personal,
        /// The shop takes it on.
        Accepted(TicketAcceptedV1) = "ticket-accepted.v1",
        /// The shop does not take it on.
        Rejected(TicketRejectedV1) = "ticket-rejected.v1",
        /// Making has begun: it can no longer be cancelled.
        Started(PreparationStartedV1) = "preparation-started.v1",
        /// It is made.
        Finished(PreparationFinishedV1) = "preparation-finished.v1",
        /// The customer has it.
        HandedOver(TicketHandedOverV1) = "ticket-handed-over.v1",
        /// A cancel came in time: it will not be made.
        Released(TicketReleasedV1) = "ticket-released.v1",
        /// A cancel came too late: making goes on.
        CancelDenied(TicketCancelDeniedV1) = "ticket-cancel-denied.v1",
    }
}

/// A valid order is there to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketOpenedV1 {
    /// The life that the order is pinned to.
    pub life: LifeHash,
    /// The short number of the day.
    pub call_number: u32,
    /// What to make.
    pub lines: Vec<OrderLine>,
    /// When the customer wants it, where it is for later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_at: Option<Timestamp>,
    /// The table that it is brought to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The note to whoever makes it.
    #[serde(skip)]
    pub personal: Personal<OrderNote>,
}

/// The shop takes it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketAcceptedV1 {}

/// The shop does not take it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRejectedV1 {
    /// Why.
    pub reason: String,
}

/// Making has begun: it can no longer be cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparationStartedV1 {}

/// It is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparationFinishedV1 {}

/// The customer has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketHandedOverV1 {}

/// A cancel came in time: it will not be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketReleasedV1 {}

/// A cancel came too late: making goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketCancelDeniedV1 {}
