use kernel::ShopKey;
use serde::{Deserialize, Serialize};

use crate::{LifeHash, MenuItem, ShopLife, StockClosing};

kernel::events! {
    /// What the catalog tells.
    pub enum CatalogEvent {
        /// A shop is open under this life from now on.
        ShopDefined(ShopDefinedV1) = "shop-defined.v1",
        /// An item is on the menu, as it is now.
        MenuItemDefined(MenuItemDefinedV1) = "menu-item-defined.v1",
        /// An item is no longer on the menu.
        MenuItemRemoved(MenuItemRemovedV1) = "menu-item-removed.v1",
        /// An item cannot be had, or can again.
        MenuItemSoldOutSet(MenuItemSoldOutSetV1) = "menu-item-sold-out-set.v1",
        /// What of an item stock closes from now on; nothing, where enough is there again.
        MenuItemStockSet(MenuItemStockSetV1) = "menu-item-stock-set.v1",
    }
}

/// A shop is open under this life from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopDefinedV1 {
    /// The hash of the life.
    pub hash: LifeHash,
    /// The life.
    pub life: ShopLife,
}

/// An item is on the menu, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItemDefinedV1 {
    /// The shop.
    pub shop: ShopKey,
    /// The item.
    pub item: MenuItem,
}

/// An item is no longer on the menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItemRemovedV1 {
    /// The shop.
    pub shop: ShopKey,
    /// The item's key.
    pub item: String,
}

/// An item cannot be had, or can again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItemSoldOutSetV1 {
    /// The shop.
    pub shop: ShopKey,
    /// The item's key.
    pub item: String,
    /// Whether it cannot be had.
    pub sold_out: bool,
}

/// What of an item stock closes from now on; nothing, where enough is there again. Whether somebody
/// said that it is sold out is another matter, which stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuItemStockSetV1 {
    /// The shop.
    pub shop: ShopKey,
    /// The item's key.
    pub item: String,
    /// What is closed.
    pub closing: StockClosing,
}
