use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use kernel::{Currency, ShopKey, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CutOff, MessageRule, OpeningHours};

/// A text in the languages that customers read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

/// The content hash of a shop's life, 32 hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(from = "String", into = "String")]
#[schema(value_type = String)]
pub struct LifeHash(Arc<str>);

impl LifeHash {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for LifeHash {
    fn from(digits: String) -> Self {
        Self(digits.into())
    }
}

impl From<&str> for LifeHash {
    fn from(digits: &str) -> Self {
        Self(digits.into())
    }
}

impl From<LifeHash> for String {
    fn from(hash: LifeHash) -> Self {
        hash.0.as_ref().to_owned()
    }
}

impl fmt::Debug for LifeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for LifeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the life of an order is in one shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShopLife {
    /// The shop's key, as in `/v1/shops/cafe`.
    pub key: ShopKey,
    /// The shop's name.
    pub name: Text,
    /// The one currency of the shop.
    pub currency: Currency,
    /// The IANA time zone in which the shop's day begins.
    pub time_zone: String,
    /// When and how money moves.
    pub payment: PaymentRule,
    /// Whether and how stock is held.
    pub stock: StockRule,
    /// Who takes an order on.
    pub accept: Accept,
    /// Who makes it.
    pub prepare: PrepareRule,
    /// How it reaches the customer.
    pub handover: Handover,
    /// How it is brought, where a courier brings it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryRule>,
    /// Who may cancel until when.
    pub cancel: CancelRule,
    /// When an order is complete.
    pub completes: Completes,
    /// How long an order may wait at a stage before somebody should look.
    pub bounds: StageBounds,
    /// What is promised of the time that an order takes; nothing where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<PromiseRule>,
    /// What customers are told, and how; nothing where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<MessageRule>,
    /// When the shop is open; always where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<OpeningHours>,
    /// How orders may be placed for a later time; not at all where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<LaterRule>,
    /// Whether an order may be for a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableRule>,
    /// What its receipts say beside the order; nothing where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipts: Option<ReceiptRule>,
}

impl ShopLife {
    /// The stage at which an order is complete by itself; [`Stage::Completed`] where only a person or
    /// time completes it. No cancel reaches beyond it, whatever the rule says.
    #[must_use]
    pub const fn complete_at(&self) -> Stage {
        match self.completes {
            Completes::AtStage { stage } => stage,
            Completes::Command { .. } | Completes::After { .. } => Stage::Completed,
        }
    }
}

/// What the receipts of a shop say beside the order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptRule {
    /// The number under which the shop does business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_number: Option<String>,
    /// The value added tax that every price includes, percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_percent: Option<u32>,
}

/// When and how money moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentRule {
    /// When.
    pub when: PaymentTime,
    /// The method of a client that names none: a provider's token.
    pub default_method: Option<String>,
    /// What to do when payment cannot be asked.
    pub unavailable: WhenUnavailable,
    /// How long an order waits for its payment before the answer is "unavailable", milliseconds.
    pub timeout_millis: i64,
    /// How long an unpaid order may stand, milliseconds (shops that defer or let the customer pay).
    pub expires_after_millis: i64,
    /// When to stop asking a payment side that fails.
    pub breaker: BreakerRule,
    /// The prepaid accounts that pay; a provider pays where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit: Option<DepositRule>,
    /// The most that one person gives back of a payment alone, in minor units; any amount where not
    /// said. What goes beyond it needs a second person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_alone_max: Option<i64>,
}

/// The prepaid accounts of a shop.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DepositRule {
    /// What the account of those who say no name opens with, in minor units.
    pub walk_in: i64,
}

impl DepositRule {
    /// The method that orders of such a shop are paid with.
    pub const METHOD: &'static str = "deposit";
}

impl PaymentRule {
    /// Whether nobody is told that an order stands before its money is there: without it, it never stood.
    #[must_use]
    pub fn answers_when_paid(&self) -> bool {
        self.when == PaymentTime::AtOrder && self.unavailable == WhenUnavailable::Reject
    }

    /// Whether an order that is not paid for long ends by itself; where payment refuses at once, nothing
    /// waits that long.
    #[must_use]
    pub fn expires(&self) -> bool {
        self.when != PaymentTime::None && !self.answers_when_paid()
    }
}

/// When money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PaymentTime {
    /// Never.
    None,
    /// In the call that places the order.
    AtOrder,
    /// When the customer approves it, as a step of its own.
    ByCustomer,
}

/// What to do when payment cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenUnavailable {
    /// Refuse the order at once: 503, try again shortly.
    Reject,
    /// Take the order, and ask for the payment again.
    Defer,
}

/// When to stop asking a payment side that fails, and when to try again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BreakerRule {
    /// Calls in the window before a rate counts.
    pub calls_min: u32,
    /// Percent of failures that opens it.
    pub failures_percent: u32,
    /// How long it stays open, milliseconds.
    pub open_millis: i64,
}

/// Whether and how stock is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockRule {
    /// How.
    pub mode: StockMode,
    /// Whether an item that runs out closes itself on the menu.
    pub closes_menu: bool,
    /// At how many left staff are told that a stock item runs low, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub low: BTreeMap<String, u64>,
}

impl StockRule {
    /// Stock is held like this; nothing closes the menu, nobody is told that it runs low.
    #[must_use]
    pub const fn of(mode: StockMode) -> Self {
        Self { mode, closes_menu: false, low: BTreeMap::new() }
    }

    /// Whether the menu follows the stock.
    #[must_use]
    pub fn closes_the_menu(&self) -> bool {
        self.mode == StockMode::Reserve && self.closes_menu
    }
}

/// How stock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StockMode {
    /// Not at all.
    None,
    /// Reserved per order, all or none; before the money where there is money.
    Reserve,
}

/// Who takes an order on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Accept {
    /// By itself.
    Auto,
    /// Staff accept or reject.
    Staff,
}

/// Who makes it, and when it counts as made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PrepareRule {
    /// Who.
    pub by: Prepare,
    /// Whether it counts as prepared as soon as it is started (nobody says when making ends).
    pub finishes_at_start: bool,
}

/// Who makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Prepare {
    /// There is nothing to make: prepared as soon as it is accepted.
    None,
    /// By itself.
    Auto,
    /// Staff start and complete.
    Staff,
}

/// How it reaches the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Handover {
    /// No step of its own: the customer takes it.
    None,
    /// Staff hand it over.
    Pickup,
    /// A courier brings it.
    Delivery,
}

/// How orders are brought, where a courier brings them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryRule {
    /// What makes a delivery set out.
    pub starts: DeliveryStarts,
    /// Whether it sets out only with a courier.
    pub needs_courier: bool,
    /// Whether an order must say where to.
    pub needs_address: bool,
    /// How often it sets out at most.
    pub attempts: u32,
    /// How long after an attempt failed it is tried again, milliseconds.
    pub retry_after_millis: i64,
    /// Whether the money goes back where the last attempt failed.
    pub refunds_returned: bool,
    /// How long after it set out it counts as delivered, where nobody says so before, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_after_millis: Option<i64>,
}

/// How long an order takes by the shop's own word, as long as too little was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromiseRule {
    /// To make it, while nothing else is to be made, milliseconds.
    pub prepare_millis: i64,
    /// To bring it, where a courier does, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliver_millis: Option<i64>,
    /// How many orders are made at the same time.
    pub at_once: u32,
}

impl PromiseRule {
    /// How many orders are made at the same time; at least one.
    #[must_use]
    pub fn at_once(&self) -> i64 {
        i64::from(self.at_once.max(1))
    }
}

/// What makes a delivery set out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryStarts {
    /// It sets out by itself: as soon as the order is prepared and, where it needs one, a courier has
    /// it.
    Auto,
    /// Staff or the courier say so.
    Staff,
}

/// How orders may be placed for a later time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LaterRule {
    /// How many days ahead at most.
    pub days_ahead_max: u32,
    /// How soon at the earliest, milliseconds.
    pub notice_millis: i64,
    /// How long before its time the order goes to whoever makes it, milliseconds.
    pub lead_millis: i64,
    /// Until when the orders of a day are taken, all of which go to whoever makes them then; `notice` and
    /// `lead` are 0 beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_off: Option<CutOff>,
    /// Whether no order is for now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only: bool,
}

impl LaterRule {
    /// When an order that is wanted at a time goes to whoever makes it; where the shop has a cut-off, until
    /// when it is taken, too.
    #[must_use]
    pub fn due_at(&self, life: &ShopLife, wanted_at: Timestamp) -> Timestamp {
        match self.cut_off {
            Some(cut_off) => cut_off.of(life.hours.as_ref(), &life.time_zone, wanted_at),
            None => wanted_at.plus_millis(-self.lead_millis),
        }
    }
}

/// Whether an order may be for a table, to which staff bring it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TableRule {
    /// It may name one; otherwise it is picked up.
    Optional,
    /// It must name one.
    Required,
}

/// Who may cancel until when: as long as the order has not reached the stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CancelRule {
    /// The customer, before this stage.
    pub customer_before: Stage,
    /// Staff, before this stage.
    pub staff_before: Stage,
}

/// When an order is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", tag = "when")]
pub enum Completes {
    /// When staff say so (hand over), or after `or_after_millis` where it is not 0.
    Command {
        /// Milliseconds after *prepared* when it is closed all the same; 0: never by itself.
        or_after_millis: i64,
    },
    /// As soon as it reaches a stage.
    AtStage {
        /// The stage.
        stage: Stage,
    },
    /// So long after it was prepared; where a courier brings it, after it was delivered.
    After {
        /// Milliseconds.
        millis: i64,
    },
}

/// How long an order may wait at a stage before somebody should look, milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageBounds {
    /// Waiting to be accepted.
    pub accept_millis: i64,
    /// Waiting to be started.
    pub start_millis: i64,
    /// Being made.
    pub prepare_millis: i64,
    /// Waiting to be handed over.
    pub handover_millis: i64,
}

/// The milestones of an order: one closed set for every shop.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Taken.
    Placed,
    /// The money is there.
    Paid,
    /// Valid: the kitchen may see it.
    Confirmed,
    /// Taken on.
    Accepted,
    /// Making has begun.
    Started,
    /// Made.
    Prepared,
    /// On its way.
    DeliveryStarted,
    /// At the customer's.
    Delivered,
    /// Done.
    Completed,
}
