//! What delivery promises: whether an order is on its way, whether it arrived, and who won when a
//! cancel raced it.
//!
//! One delivery per order, with the order's id. Ordering makes the order's milestones of its events.
//! `Released` and `CancelDenied` are the two answers to ordering's `order-cancel-requested`, once the
//! delivery was requested; before that the kitchen holds the order and answers. `AddressChanged` and
//! `AddressChangeDenied` answer `order-address-change-requested` in the same way. `Failed` says what
//! went wrong with one attempt; `Returned` is the end of the last one.
//!
//! To add an event: a payload in `events.rs`, its line in `events!`, a golden sample in `golden/`,
//! `evolve` and `decide` in `delivery-domain`, `docs/flows.md`.

mod events;
mod views;

pub use events::{
    DeliveryAddressChangeDeniedV1, DeliveryAddressChangedV1, DeliveryAssignedV1, DeliveryCancelDeniedV1,
    DeliveryCompletedV1, DeliveryEvent, DeliveryFailedV1, DeliveryReleasedV1, DeliveryRequestedV1,
    DeliveryRetriedV1, DeliveryReturnedV1, DeliveryStartedV1,
};
pub use views::{DeliveryState, DeliveryView};

/// The role's name.
pub const ROLE: &str = "delivery";
