use edge::etag::IfMatch;
use inventory_contract::StockItemView;
use inventory_domain::StockItemRejection;
use kernel::ShopKey;

use runtime::KeyUse;

/// A wish about one stock item of one shop.
#[derive(Debug, Clone)]
pub struct InventoryCommand {
    /// The shop.
    pub shop: ShopKey,
    /// The item's name.
    pub item: String,
    /// What is wished.
    pub wish: StockWish,
    /// The client's idempotency key, where it sent one.
    pub key: Option<KeyUse>,
}

/// What may be wished.
#[derive(Debug, Clone)]
pub enum StockWish {
    /// Units came in.
    Receive {
        /// How many.
        quantity: u64,
    },
    /// The count is to be set right.
    Adjust {
        /// By how many.
        difference: i64,
        /// Why.
        reason: String,
        /// Go on only if the item is still the one that was read.
        if_match: IfMatch,
    },
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InventoryReply {
    /// The item as it stands now.
    Item(StockItemView),
    /// The answer that the key got the first time.
    Again {
        /// Its status.
        status: u16,
        /// The item's version then.
        version: u64,
        /// Its body, byte for byte.
        body: Vec<u8>,
    },
}

/// The business says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InventoryRefusal {
    /// No such shop is open here.
    ShopUnknown(ShopKey),
    /// The shop keeps no stock.
    KeepsNoStock(ShopKey),
    /// The item says no.
    Item(StockItemRejection),
    /// The item is no longer the one that was read.
    Changed {
        /// Its version now.
        version: u64,
    },
    /// The key came with another body before.
    KeyReused,
}
