//! What the kitchen promises: whether making has begun, and who won when a cancel raced it.
//!
//! One ticket per order, with the order's id. Its events are what happens at the counter; ordering
//! makes the order's milestones of them. `Released` and `CancelDenied` are the two answers to ordering's
//! `order-cancel-requested`: one of them comes, unless the ticket was rejected or released before, or
//! was finished for a courier to bring: delivery answers then.
//!
//! To add an event: a payload in `events.rs`, its line in `events!`, a golden sample in `golden/`,
//! `evolve` and `decide` in `kitchen-domain`, `docs/flows.md`.

mod events;
mod views;

pub use events::{
    KitchenEvent, PreparationFinishedV1, PreparationStartedV1, TicketAcceptedV1, TicketCancelDeniedV1,
    TicketHandedOverV1, TicketOpenedV1, TicketRejectedV1, TicketReleasedV1,
};
pub use views::{TicketState, TicketView};

/// The role's name.
pub const ROLE: &str = "kitchen";
