use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{Actor, Money, ShopKey, Timestamp};
use payment_contract::Takings;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a shop did on a day: each thing is counted on the day on which it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayView {
    /// The shop.
    pub shop: ShopKey,
    /// The day, in the shop's time zone.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// How many orders came and went.
    pub orders: DayOrders,
    /// What came in and went back, by way.
    pub takings: Vec<Takings>,
    /// How long things took.
    pub times: DayTimes,
    /// What was sold in orders that were completed, the most first; 20 at most.
    pub items: Vec<ItemSold>,
    /// Its closing, where it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<DayClosing>,
    /// How many facts made it: the entity tag.
    pub version: u64,
}

/// How many orders came and went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayOrders {
    /// Placed.
    pub placed: u64,
    /// Completed.
    pub completed: u64,
    /// Cancelled, by reason.
    pub cancelled: BTreeMap<String, u64>,
    /// Refused, by reason.
    pub refused: BTreeMap<String, u64>,
}

/// How long things took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayTimes {
    /// From valid to taken on.
    pub accept: Spread,
    /// From taken on to made.
    pub prepare: Spread,
    /// From made to delivered.
    pub deliver: Spread,
}

/// How long something took, over all orders; within three percent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Spread {
    /// How often.
    pub count: u64,
    /// Half of them took no longer, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_millis: Option<i64>,
    /// Nine of ten took no longer, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p90_millis: Option<i64>,
}

/// What was sold of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemSold {
    /// The menu item's key.
    pub item: String,
    /// Its name when it was ordered.
    pub name: String,
    /// How many.
    pub quantity: u64,
    /// For how much.
    pub amount: Money,
}

/// A day's closing, as payment told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayClosing {
    /// Its number among the shop's closings.
    pub number: u64,
    /// When.
    pub closed_at: Timestamp,
    /// Who.
    pub closed_by: Actor,
}
