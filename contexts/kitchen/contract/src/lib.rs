//! What the kitchen promises: whether making has begun, and who won when a cancel raced it.

mod events;
mod views;

pub use events::{
    KitchenEvent, PreparationFinishedV1, PreparationStartedV1, TicketAcceptedV1, TicketCancelDeniedV1,
    TicketHandedOverV1, TicketOpenedV1, TicketRejectedV1, TicketReleasedV1,
};
pub use views::{TicketState, TicketView};

/// The role's name.
pub const ROLE: &str = "kitchen";
