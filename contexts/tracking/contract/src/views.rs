use std::collections::BTreeMap;

use catalog_contract::Text;
use delivery_contract::DeliveryState;
use kernel::{Actor, CustomerId, Money, OrderId, ShopKey, Timestamp};
use kitchen_contract::TicketState;
use ordering_contract::{CancelReason, ChosenOption, OrderState};
use payment_contract::{PaidWith, PaymentState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The story of an order, without its timeline: what lists show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoryView {
    /// The order.
    pub order: OrderId,
    /// Its shop.
    pub shop: ShopKey,
    /// Its number in the shop.
    pub number: u64,
    /// The short number of the day.
    pub call_number: u32,
    /// Where it stands.
    pub state: OrderState,
    /// Whether a cancel waits for the kitchen's answer.
    pub cancel_requested: bool,
    /// Why it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<CancelReason>,
    /// Who ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// What was ordered.
    pub lines: Vec<StoryLine>,
    /// The sum.
    pub total: Money,
    /// Where its money stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentState>,
    /// What was captured for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured: Option<Captured>,
    /// What of that is back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<GivenBack>,
    /// Where its ticket stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketState>,
    /// Where its delivery stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryState>,
    /// When the customer wants it, where it is for later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_at: Option<Timestamp>,
    /// The table that it is brought to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Where it is brought to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The name to call out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The note to whoever makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the client wanted kept with it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it will be there, as it was promised when it was placed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_at: Option<Timestamp>,
    /// The states that it came to since, each with its time.
    pub milestones: Vec<Milestone>,
    /// When its story last went on.
    pub changed_at: Timestamp,
    /// How many events its story has: the entity tag.
    pub version: u64,
}

/// A line as stories show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoryLine {
    /// The menu item's key.
    pub item: String,
    /// Its name when it was ordered.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What was chosen with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<ChosenOption>,
    /// What one costs with its options.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Money>,
}

/// A state that an order came to, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = StateReached)]
pub struct Milestone {
    /// The state.
    pub state: OrderState,
    /// When.
    pub at: Timestamp,
}

/// Money that was captured for an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Captured {
    /// When.
    pub at: Timestamp,
    /// How much.
    pub amount: Money,
    /// With what.
    pub with: PaidWith,
    /// The provider's approval code.
    pub approval_code: String,
}

/// Money of an order that is back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GivenBack {
    /// Which refund, from 1.
    pub step: u32,
    /// How much.
    pub amount: Money,
    /// When.
    pub at: Timestamp,
}

/// A step of the story: what happened, when, by whom, because of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    /// When it was committed.
    pub at: Timestamp,
    /// The role that decided it.
    pub role: String,
    /// What happened, such as `order-paid.v1`.
    pub event: String,
    /// Which step of its stream, from 1.
    pub step: u64,
    /// Who wished it.
    pub actor: Actor,
    /// What caused it: an event by role and position, a command, a timer.
    pub cause: String,
    /// What happened, in words.
    pub text: Text,
}

/// The whole story of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoryPage {
    /// Where it stands.
    #[serde(flatten)]
    pub story: StoryView,
    /// Every step, in order.
    pub timeline: Vec<TimelineEntry>,
}

/// A change of a story, as live streams tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoryChange {
    /// The order.
    pub order: OrderId,
    /// Its number.
    pub number: u64,
    /// The short number of the day.
    pub call_number: u32,
    /// Where it stands.
    pub state: OrderState,
    /// Whether a cancel waits for the kitchen's answer.
    pub cancel_requested: bool,
    /// When.
    pub at: Timestamp,
    /// How many events its story has.
    pub version: u64,
}
