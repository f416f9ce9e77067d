use catalog_contract::LifeHash;
use kernel::{Personal, Timestamp};
use ordering_contract::{DeliveryAddress, OrderAddress, OrderLine};
use serde::{Deserialize, Serialize};

kernel::events! {
    /// What happens on the way to the customer. One delivery per order, with the order's id.
    pub enum DeliveryEvent {
        /// An order is made and wants to be brought.
        Requested(DeliveryRequestedV1) = "delivery-requested.v1" with personal,
        /// A courier has it.
        Assigned(DeliveryAssignedV1) = "delivery-assigned.v1",
        /// It is on its way.
        Started(DeliveryStartedV1) = "delivery-started.v1",
        /// The customer has it.
        Completed(DeliveryCompletedV1) = "delivery-completed.v1",
        /// Nobody took it at the door, or it did not get there.
        Failed(DeliveryFailedV1) = "delivery-failed.v1",
        /// It is tried again.
        Retried(DeliveryRetriedV1) = "delivery-retried.v1",
        /// It was tried often enough: the goods are back in the shop.
        Returned(DeliveryReturnedV1) = "delivery-returned.v1",
        /// A cancel came in time: it is not brought, or turns round.
        Released(DeliveryReleasedV1) = "delivery-released.v1",
        /// A cancel came too late.
        CancelDenied(DeliveryCancelDeniedV1) = "delivery-cancel-denied.v1",
        /// A change of the address came in time: it is brought elsewhere.
        AddressChanged(DeliveryAddressChangedV1) = "delivery-address-changed.v1" with personal,
        /// A change of the address came too late: it had set out.
        AddressChangeDenied(DeliveryAddressChangeDeniedV1) = "delivery-address-change-denied.v1",
    }
}

/// An order is made and wants to be brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRequestedV1 {
    /// The life that the order is pinned to.
    pub life: LifeHash,
    /// The short number of the day.
    pub call_number: u32,
    /// What to bring.
    pub lines: Vec<OrderLine>,
    /// When it is wanted; as soon as it can be where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_at: Option<Timestamp>,
    /// Where, and to whom.
    #[serde(skip)]
    pub personal: Personal<DeliveryAddress>,
}

/// A courier has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryAssignedV1 {
    /// The courier, by a name that says nothing about the person.
    pub courier: String,
}

/// It is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryStartedV1 {
    /// Which attempt this is, from 1.
    pub attempt: u32,
}

/// The customer has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryCompletedV1 {
    /// Whether nobody said so: it was on its way for so long that it counts as delivered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_itself: bool,
}

/// Nobody took it at the door, or it did not get there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryFailedV1 {
    /// Why.
    pub reason: String,
    /// Which attempt it was, from 1.
    pub attempt: u32,
}

/// It is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRetriedV1 {}

/// It was tried often enough: the goods are back in the shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryReturnedV1 {
    /// Why the last attempt failed.
    pub reason: String,
    /// Whether the shop gives the money back.
    pub refund: bool,
}

/// A cancel came in time: it is not brought, or turns round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryReleasedV1 {}

/// A cancel came too late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryCancelDeniedV1 {}

/// A change of the address came in time: it is brought elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryAddressChangedV1 {
    /// Where to, from now on.
    #[serde(skip)]
    pub personal: Personal<OrderAddress>,
}

/// A change of the address came too late: it had set out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryAddressChangeDeniedV1 {}
