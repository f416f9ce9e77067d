//! What ordering promises: the order's milestones as events, and the order as it is read.
//!
//! Neighbours act per order on these events only: `OrderPlaced` reserves stock, `OrderConfirmed`
//! opens the ticket, `OrderDeliveryRequested` the delivery, `OrderCancelRequested` asks whoever has it, `OrderPaymentAbandoned` and
//! `OrderCancelled` call the money back, `OrderAddressChangeRequested` asks delivery, `OrderStepWished` asks
//! whoever decides a step and could not be asked directly. Opening, cancelling and readdressing travel
//! on one stream and cannot overtake each other.
//!
//! To add a milestone: a payload in `events.rs`, its line in `events!`, a golden sample in
//! `golden/`, `evolve` and `decide` in `ordering-domain`, `docs/flows.md`.

mod events;
mod lines;
mod pinned;
mod views;

pub use events::{
    CancelReason, ClientKey, OrderAcceptedV1, OrderAddressChangeDeniedV1, OrderAddressChangeRequestedV1,
    OrderAddressChangedV1, OrderCancelDeniedV1, OrderCancelRequestedV1, OrderCancelledV1, OrderCompletedV1,
    OrderConfirmedV1, OrderDeliveredV1, OrderDeliveryRequestedV1, OrderDeliveryStartedV1, OrderEvent,
    OrderPaidV1, OrderPaymentAbandonedV1, OrderPlacedV1, OrderPreparedV1, OrderRefundedV1, OrderRefusedV1,
    OrderReservedV1, OrderScheduledV1, OrderStartedV1, OrderStepWishedV1, RefusalReason, WishedStep,
};
pub use lines::{ChosenOption, DeliveryAddress, LaterTime, OrderAddress, OrderContact, OrderLine, OrderNote};
pub use pinned::pinned_life;
pub use views::{OrderState, OrderView};

/// The role's name.
pub const ROLE: &str = "ordering";
