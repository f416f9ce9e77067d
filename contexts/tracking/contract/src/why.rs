use catalog_contract::Text;
use kernel::{Actor, OrderId, ShopKey, Timestamp};
use ordering_contract::OrderState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why an order is in its state: what it waits for, or how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WhyView {
    /// The order.
    pub order: OrderId,
    /// Its shop.
    pub shop: ShopKey,
    /// Its number in the shop.
    pub number: u64,
    /// Where it stands.
    pub state: OrderState,
    /// Since when.
    pub since: Timestamp,
    /// When it was looked at.
    pub at: Timestamp,
    /// What it waits for; nothing where its life is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
    /// How it ended, where it did; its money may still be on its way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ending>,
    /// All of it in a sentence or two.
    pub text: Text,
}

/// What an order waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Waits {
    /// What.
    pub what: WaitsFor,
    /// From whom.
    pub from: WaitsFrom,
    /// Since when.
    pub since: Timestamp,
    /// For how long by now, milliseconds.
    pub waited_millis: i64,
    /// How long it may be before somebody should look, milliseconds; nothing where only a timer is
    /// waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_millis: Option<i64>,
    /// Whether it is longer.
    pub exceeded: bool,
    /// What happens by itself, where nobody does anything before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_itself: Option<ByItself>,
    /// What would move it.
    pub commands: Vec<WhyCommand>,
}

/// What an order can wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaitsFor {
    /// That the stock it needs is held.
    Stock,
    /// That the customer approves the payment.
    Approval,
    /// That the provider says whether the money moved.
    Payment,
    /// That the payment is called off, since nobody wants it any longer.
    PaymentVoid,
    /// That it is taken on.
    Acceptance,
    /// That making begins.
    Start,
    /// That it is made.
    Making,
    /// That it is handed over.
    HandOver,
    /// That somebody is found who brings it.
    Courier,
    /// That it sets out.
    SettingOut,
    /// That it arrives.
    Arrival,
    /// That it is tried again.
    AnotherAttempt,
    /// That it is closed.
    Closing,
    /// That whoever has it says whether it may still be cancelled.
    CancelAnswer,
    /// That its time comes: it is for later.
    ItsTime,
    /// That its money is back.
    Refund,
    /// That somebody gives its money back by hand, as the provider would not.
    RefundByHand,
    /// That a second person confirms a refund.
    SecondPerson,
    /// That an event is dealt with that could not be applied.
    ParkedEvent,
    /// A step that takes no person.
    NextStep,
}

impl WaitsFor {
    /// Everything that an order can wait for.
    pub const ALL: &'static [Self] = &[
        Self::Stock,
        Self::Approval,
        Self::Payment,
        Self::PaymentVoid,
        Self::Acceptance,
        Self::Start,
        Self::Making,
        Self::HandOver,
        Self::Courier,
        Self::SettingOut,
        Self::Arrival,
        Self::AnotherAttempt,
        Self::Closing,
        Self::CancelAnswer,
        Self::ItsTime,
        Self::Refund,
        Self::RefundByHand,
        Self::SecondPerson,
        Self::ParkedEvent,
        Self::NextStep,
    ];
}

/// From whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WaitsFrom {
    /// Whoever ordered.
    Customer,
    /// Whoever works in the shop.
    Staff,
    /// Whoever makes it, or the kitchen's own step.
    Kitchen,
    /// Whoever brings it.
    Courier,
    /// The payment provider.
    Provider,
    /// The store room.
    Inventory,
    /// Whoever runs Jumun.
    Operator,
    /// Time.
    Timer,
    /// Jumun itself.
    Machine,
}

/// What happens by itself, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ByItself {
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: Text,
}

/// A command that would move an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WhyCommand {
    /// Who may give it.
    pub by: String,
    /// `POST` and its path.
    pub method: String,
    /// Its path.
    pub path: String,
}

/// How an order ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ending {
    /// When.
    pub at: Timestamp,
    /// Who ended it: a person, or `system` for time, stock and money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    /// Why, in a word: `completed`, `by-customer`, `payment-declined`.
    pub reason: String,
    /// What was said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}
