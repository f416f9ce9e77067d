use edge::etag::IfMatch;
use kernel::{OrderId, ShopKey};
use kitchen_contract::TicketView;
use kitchen_domain::TicketRejection;

use runtime::KeyUse;

/// Staff take a step with a ticket of their shop.
#[derive(Debug, Clone)]
pub struct KitchenCommand {
    /// The shop.
    pub shop: ShopKey,
    /// The ticket's order.
    pub order: OrderId,
    /// The step.
    pub step: Step,
    /// Go on only if the ticket is still the one that was read.
    pub if_match: IfMatch,
    /// The client's idempotency key, where it sent one.
    pub key: Option<KeyUse>,
}

/// What staff do at the counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Take the order on.
    Accept,
    /// Do not take it on.
    Reject {
        /// Why.
        reason: String,
    },
    /// Begin to make it.
    Start,
    /// It is made.
    Complete,
    /// The customer takes it.
    HandOver,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KitchenReply {
    /// The ticket as it stands now, or stood when the key was answered first.
    Ticket(Box<TicketView>),
    /// The refusal that is kept under the key: a problem, byte for byte.
    KeptRefusal {
        /// The problem, JSON.
        problem: Vec<u8>,
    },
}

/// The business says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KitchenRefusal {
    /// No such shop is open here.
    ShopUnknown(ShopKey),
    /// The ticket's state forbids it, or there is no ticket (yet).
    Ticket(TicketRejection),
    /// The ticket is no longer the one that was read.
    Changed {
        /// Its version now.
        version: u64,
    },
    /// The key came with another body before.
    KeyReused,
}
