use std::sync::Arc;

use catalog_contract::{CancelRule, Completes, ShopLife};
use kernel::{Money, Personal};
use ordering_contract::{CancelReason, ClientKey, OrderAddress, OrderPlacedV1, WishedStep};

/// A wish to cancel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Why.
    pub reason: CancelReason,
    /// In their words.
    pub text: Option<String>,
}

/// A wish to have it brought elsewhere, which waits for delivery's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressWish {
    /// The client's key, hashed.
    pub client_key: Option<ClientKey>,
}

/// What a new order says, priced, and the life of its shop.
#[derive(Debug, Clone)]
pub struct Placement {
    /// The order as it will be stored.
    pub placed: OrderPlacedV1,
    /// The shop's life.
    pub life: Arc<ShopLife>,
}

/// A wish, or a neighbour's fact to follow.
#[derive(Debug, Clone)]
pub enum OrderCommand {
    /// Take the order.
    Place(Box<Placement>),
    /// Cancel it, as far as the shop's rule lets whoever wishes.
    Cancel {
        /// Who and why.
        wish: Wish,
        /// The shop's rule.
        rule: CancelRule,
    },
    /// Have it brought elsewhere.
    ChangeAddress {
        /// Where to.
        personal: Personal<OrderAddress>,
        /// The client's key, hashed.
        client_key: Option<ClientKey>,
    },
    /// Keep a wish for a step, for whoever decides it.
    WishStep {
        /// The step.
        step: WishedStep,
    },
    /// Close it: it was handed over, or its time is over.
    Complete,
    /// It was not paid in time.
    Expire,
    /// Its time comes: whoever makes it is to hear of it.
    ComeDue,
    /// It was taken before everything was known, and cannot stand after all.
    Withdraw {
        /// Why.
        reason: CancelReason,
        /// What can be said about it.
        text: String,
    },
    /// Nobody waits for the money any longer.
    AbandonPayment,
    /// Inventory holds what it needs.
    NoteReserved {
        /// The shop's life.
        life: Arc<ShopLife>,
    },
    /// Inventory has not enough.
    NoteShort {
        /// What is short.
        detail: String,
        /// The shop's life.
        life: Arc<ShopLife>,
    },
    /// The money is there.
    NotePaid {
        /// How much.
        amount: Money,
        /// The provider's approval code.
        approval_code: String,
    },
    /// The customer is asked to approve the payment.
    NoteAwaited,
    /// The provider said no.
    NoteDeclined {
        /// Its reason.
        reason: String,
    },
    /// Nothing had moved, and nothing will.
    NoteVoided,
    /// The money is back.
    NoteRefunded {
        /// How much.
        amount: Money,
    },
    /// The shop took it on.
    NoteAccepted,
    /// The shop did not take it on.
    NoteRejected {
        /// Why.
        reason: String,
    },
    /// Making has begun.
    NoteStarted,
    /// It is made.
    NotePrepared {
        /// When an order of the shop is complete.
        completes: Completes,
    },
    /// It is on its way.
    NoteDeliveryStarted,
    /// The customer has it.
    NoteDelivered {
        /// When an order of the shop is complete.
        completes: Completes,
    },
    /// It could not be brought, and is back in the shop.
    NoteReturned {
        /// Why.
        reason: String,
        /// Whether the shop gives the money back.
        refund: bool,
    },
    /// Whoever had it (kitchen, delivery) let it go.
    NoteReleased,
    /// Whoever had it was too far.
    NoteCancelDenied,
    /// Delivery brings it elsewhere.
    NoteAddressChanged {
        /// Where to.
        personal: Personal<OrderAddress>,
    },
    /// Delivery had set out.
    NoteAddressChangeDenied,
}
