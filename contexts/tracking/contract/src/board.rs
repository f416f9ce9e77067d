use catalog_contract::Text;
use kernel::{OrderId, ShopKey, Timestamp};
use ordering_contract::OrderState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::StoryLine;

/// What staff see of a shop: the orders that are to be taken on, made, handed over, brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoardView {
    /// The shop.
    pub shop: ShopKey,
    /// When it was looked at; what waits, waits until then.
    pub at: Timestamp,
    /// How many orders wait for longer than they should.
    pub exceeded: u64,
    /// A column per stage that orders of the shop come to, in the order of an order's life.
    pub columns: Vec<BoardColumn>,
}

/// The orders of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoardColumn {
    /// Which: `new`, `accepted`, `making`, `ready`, `on-the-way`.
    pub column: String,
    /// Its name.
    pub name: Text,
    /// How many orders there are.
    pub count: u64,
    /// The oldest of them, the oldest first.
    pub orders: Vec<BoardCard>,
}

/// An order on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoardCard {
    /// The order.
    pub order: OrderId,
    /// Its number in the shop.
    pub number: u64,
    /// The short number of the day.
    pub call_number: u32,
    /// Where it stands.
    pub state: OrderState,
    /// Whether somebody wishes to cancel it and waits for the answer.
    pub cancel_requested: bool,
    /// What was ordered.
    pub lines: Vec<StoryLine>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Since when it is in its stage.
    pub since: Timestamp,
    /// For how long, milliseconds.
    pub in_stage_millis: i64,
    /// How long it may be before somebody should look, milliseconds; nothing where nobody is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_millis: Option<i64>,
    /// Whether it is there for longer.
    pub exceeded: bool,
    /// When the customer wants it, where it is for later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_at: Option<Timestamp>,
    /// The table that it is brought to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Where it is brought to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Who brings it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier: Option<String>,
}
