use std::collections::BTreeMap;

use catalog_contract::Opening;
use edge::etag::IfMatch;
use journal::IdempotencyOutcome;
use kernel::{Money, OrderId, Personal, ShopKey, Timestamp};
use ordering_contract::{ChosenOption, ClientKey, OrderAddress, OrderState, WishedStep};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What ordering can be asked.
#[derive(Debug, Clone)]
pub enum OrderingCommand {
    /// Somebody orders.
    Place(Box<PlaceOrder>),
    /// Somebody wishes to cancel.
    Cancel(CancelOrder),
    /// Somebody wishes it brought elsewhere.
    ChangeAddress(ChangeAddress),
    /// Somebody wishes a step of whoever decides it and cannot be asked now.
    WishStep(WishStep),
    /// Payment could not be asked: nobody waits for it any longer.
    AbandonPayment {
        /// The order.
        order: OrderId,
    },
}

/// What ordering answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderingReply {
    /// To a placed order.
    Placed(PlaceReply),
    /// To a cancel.
    Cancel(CancelReply),
    /// To a change of the address.
    Address(AddressReply),
    /// To a result.
    Noted,
}

/// What became of a placed order so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceReply {
    /// It stands as it will be answered.
    Decided {
        /// The order.
        order: OrderId,
        /// The version that the answer shows.
        version: u64,
    },
    /// It waits for its money; the answer is told by its events.
    Waits {
        /// The order.
        order: OrderId,
    },
    /// The key was answered before: the same again.
    Again {
        /// The order.
        order: OrderId,
        /// What was answered.
        outcome: IdempotencyOutcome,
    },
}

/// What became of a cancel so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelReply {
    /// The order is cancelled.
    Cancelled,
    /// Whoever has it (kitchen, delivery) is asked; the answer is told by the order's events.
    Asked,
}

/// What became of a change of the address so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressReply {
    /// It is brought there, as the order stands at a version.
    Changed {
        /// The version.
        version: u64,
    },
    /// Delivery, which has it, is asked; the answer is told by the order's events behind a version.
    Asked {
        /// The version.
        version: u64,
    },
    /// The key was answered before, or now with a refusal that is kept: the same again.
    Again {
        /// What was answered.
        outcome: IdempotencyOutcome,
    },
}

/// A new order as it is wished: nothing of it is believed yet.
#[derive(Debug, Clone)]
pub struct PlaceOrder {
    /// The id it will have.
    pub order: OrderId,
    /// The shop.
    pub shop: ShopKey,
    /// What is wished.
    pub wish: NewOrder,
    /// The client's key, hashed.
    pub key: Option<ClientKey>,
}

/// What a client sends to order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// What is ordered: 1 to 100 lines.
    pub lines: Vec<NewLine>,
    /// A note to whoever makes it, up to 500 characters.
    #[serde(default)]
    pub note: Option<String>,
    /// Who orders, where it is not who asks: an id, never a name.
    #[serde(default)]
    pub customer: Option<String>,
    /// A name to call out, up to 100 characters. Personal.
    #[serde(default)]
    pub name: Option<String>,
    /// A phone number, up to 32 characters. Personal.
    #[serde(default)]
    pub phone: Option<String>,
    /// A mail address, up to 254 characters. Personal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "mina@example.com")]
    pub email: Option<String>,
    /// Where to bring it, up to 300 characters; only where the shop delivers. Personal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When it is wanted, RFC 3339; only where the shop takes orders for later. Now where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-11-29T18:30:00+09:00")]
    pub wanted_at: Option<String>,
    /// The table that it is for, up to 20 characters; only where the shop serves tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// What the client wants kept with the order: up to 16 names of up to 64 characters, with texts of up
    /// to 200. Nothing is made of it. Personal.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The provider's token to pay with; the shop's default where none is named.
    #[serde(default)]
    pub payment_method: Option<String>,
    /// What the client expects to pay; a different price is refused.
    #[serde(default)]
    pub total: Option<Money>,
}

/// A line as it is wished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    /// The menu item's key.
    pub item: String,
    /// How many: 1 to 9,999.
    pub quantity: u32,
    /// What is chosen with it; required options that are not named take their first choice.
    #[serde(default)]
    pub options: Vec<ChosenOption>,
    /// What the client expects one to cost with its options; a different price is refused.
    #[serde(default)]
    pub unit_price: Option<Money>,
}

/// A cancel as it is wished.
#[derive(Debug, Clone)]
pub struct CancelOrder {
    /// The order.
    pub order: OrderId,
    /// Why, in their words.
    pub text: Option<String>,
    /// Only if the order is still at this version.
    pub if_version: Option<u64>,
}

/// A change of the address as it is wished.
#[derive(Debug, Clone)]
pub struct ChangeAddress {
    /// The order.
    pub order: OrderId,
    /// Where to.
    pub personal: Personal<OrderAddress>,
    /// Go on only if the order is still the one that was read.
    pub if_match: IfMatch,
    /// The client's key, hashed.
    pub key: Option<ClientKey>,
}

/// A step as it is wished.
#[derive(Debug, Clone, Copy)]
pub struct WishStep {
    /// The order.
    pub order: OrderId,
    /// The step.
    pub step: WishedStep,
}

/// A field that is wrong: where, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongField {
    /// The path: `lines[0].quantity`.
    pub field: String,
    /// What was expected.
    pub expected: String,
    /// What was found, where it helps.
    pub found: Option<String>,
}

/// The shop takes no orders for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOpen {
    /// How the shop stands then, and until when.
    pub opening: Opening,
    /// For when the order is; now where the client said nothing.
    pub wanted_at: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
    /// The shop's time zone.
    pub time_zone: String,
}

/// Why ordering does not do what somebody wishes. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderingRefusal {
    /// There is no such shop here.
    UnknownShop(ShopKey),
    /// The shop takes no orders for that time.
    NotOpen(Box<NotOpen>),
    /// Fields that are wrong.
    Invalid(Vec<WrongField>),
    /// An item is not on the menu.
    UnknownItem(WrongField),
    /// An item cannot be had now.
    SoldOut(WrongField),
    /// The client's price is not the menu's.
    PriceDiffers {
        /// Which price.
        field: String,
        /// What the client expects.
        expected: Money,
        /// What it costs.
        costs: Money,
    },
    /// The key came with another body before.
    KeyReused,
    /// The first request with this key has not been answered yet.
    StillRunning,
    /// The first request with this key was answered 503, and what became of its money is not known.
    OutcomeUnknown,
    /// There is no such order for whoever asks.
    UnknownOrder,
    /// It has changed since it was read.
    VersionDiffers {
        /// The version now.
        version: u64,
    },
    /// It cannot be cancelled any longer.
    TooLate(OrderState),
    /// Its address cannot be changed any longer.
    TooLateToReaddress(OrderState),
    /// Another change of its address waits for its answer.
    AddressAsked(OrderState),
    /// Its state forbids what is wished.
    ForbiddenByState(OrderState),
    /// Whoever asks may not wish this step.
    NotTheirs(WishedStep),
}
