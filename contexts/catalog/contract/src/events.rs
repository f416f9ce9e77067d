use kernel::ShopKey;
use serde::{Deserialize, Serialize};

use crate::{LifeHash, MenuItem, Pause, ShopLife, StockClosing, Vocabulary};

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
        /// Staff have closed a shop, or stopped new orders, for a while.
        ShopPaused(ShopPausedV1) = "shop-paused.v1",
        /// It takes orders again, as far as its hours let it.
        ShopReopened(ShopReopenedV1) = "shop-reopened.v1",
        /// What of an item stock closes from now on; nothing, where enough is there again.
        MenuItemStockSet(MenuItemStockSetV1) = "menu-item-stock-set.v1",
        /// The words of a shop's own API are these from now on.
        ShopWordsSet(ShopWordsSetV1) = "shop-words-set.v1",
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

/// Staff have closed a shop, or stopped new orders, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopPausedV1 {
    /// The shop.
    pub shop: ShopKey,
    /// What is stopped, and until when. It takes the place of a pause that stood.
    pub pause: Pause,
}

/// A shop takes orders again, as far as its hours let it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopReopenedV1 {
    /// The shop.
    pub shop: ShopKey,
    /// Whether the time of the pause was over; otherwise staff ended it.
    pub by_itself: bool,
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

/// The words of a shop's own API are these from now on. No order is pinned to them: they say how it is
/// shown, not what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopWordsSetV1 {
    /// The shop.
    pub shop: ShopKey,
    /// The words; none, where it speaks the canonical API only.
    pub vocabulary: Vocabulary,
}
