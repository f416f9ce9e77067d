use kernel::{Currency, ShopKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Accept, CancelRule, Handover, LaterRule, LifeHash, MenuItem, OpeningHours, Pause, PaymentTime, Prepare,
    Stage, StockMode, TableRule, Text,
};

/// A shop as it is shown: its name and what its orders go through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ShopView {
    /// Its key, as in `/v1/shops/cafe`.
    pub key: ShopKey,
    /// Its name.
    pub name: Text,
    /// The currency of every price.
    pub currency: Currency,
    /// The time zone in which its day begins.
    pub time_zone: String,
    /// The life that new orders begin with.
    pub life: LifeHash,
    /// The stages that its orders go through, in order.
    pub stages: Vec<Stage>,
    /// When money moves.
    pub payment: PaymentTime,
    /// How stock is held.
    pub stock: StockMode,
    /// Who takes an order on.
    pub accept: Accept,
    /// Who makes it.
    pub prepare: Prepare,
    /// How it reaches the customer.
    pub handover: Handover,
    /// Who may cancel until when.
    pub cancel: CancelRule,
    /// When it is open; always where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<OpeningHours>,
    /// What staff have stopped, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// How orders may be placed for a later time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<LaterRule>,
    /// Whether an order may be for a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableRule>,
    /// The version of the shop and its menu: the entity tag of both.
    pub version: u64,
}

/// What a shop sells, in the order of the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MenuView {
    /// The shop.
    pub shop: ShopKey,
    /// The version of the shop and its menu: the entity tag.
    pub version: u64,
    /// The items.
    pub items: Vec<MenuItem>,
}

/// The id of a shop's stream: from its key (UUIDv5, RFC 9562).
#[must_use]
pub fn shop_id(shop: &ShopKey) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("shop/{shop}").as_bytes())
}

/// The id of a menu item's row: from shop and key.
#[must_use]
pub fn menu_item_id(shop: &ShopKey, item: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("menu/{shop}/{item}").as_bytes())
}
