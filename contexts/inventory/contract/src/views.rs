use kernel::{ShopKey, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A stock item as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockItemView {
    /// Its shop.
    pub shop: ShopKey,
    /// Its running number in the shop.
    pub number: u64,
    /// Its name: `cup`.
    pub item: String,
    /// How many can be had.
    pub available: u64,
    /// How many are held for orders.
    pub reserved: u64,
    /// How many were used.
    pub consumed: u64,
    /// Whether it runs low: no more can be had than its shop wants to be told of.
    #[serde(default)]
    pub low: bool,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Its version: the entity tag.
    pub version: u64,
}

/// The id of a stock item's stream: from shop and name (UUIDv5, RFC 9562).
#[must_use]
pub fn stock_item_id(shop: &ShopKey, item: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("stock/{shop}/{item}").as_bytes())
}
