use catalog_contract::StockUse;
use kernel::OrderId;
use serde::{Deserialize, Serialize};

kernel::events! {
    /// What happens to stock. `Stock*` about an order are its reservation's, the others the item's.
    pub enum InventoryEvent {
        /// All that the order needs is held for it.
        StockReserved(StockReservedV1) = "stock-reserved.v1",
        /// Something is short; nothing is held.
        StockShort(StockShortV1) = "stock-short.v1",
        /// What was held is used.
        StockConsumed(StockConsumedV1) = "stock-consumed.v1",
        /// What was held is free again.
        StockReleased(StockReleasedV1) = "stock-released.v1",
        /// Units of an item came in.
        StockReceived(StockReceivedV1) = "stock-received.v1",
        /// The count of an item was set right.
        StockAdjusted(StockAdjustedV1) = "stock-adjusted.v1",
        /// Units of an item are held for an order.
        UnitsReserved(UnitsReservedV1) = "units-reserved.v1",
        /// Held units of an item are used.
        UnitsConsumed(UnitsConsumedV1) = "units-consumed.v1",
        /// Held units of an item are free again.
        UnitsReleased(UnitsReleasedV1) = "units-released.v1",
        /// An item runs low: told once, until it no longer does.
        StockLow(StockLowV1) = "stock-low.v1",
        /// An item no longer runs low.
        StockLowEnded(StockLowEndedV1) = "stock-low-ended.v1",
        /// Fewer of an item are there than something on the menu needs; told anew as the count moves.
        StockRanOut(StockRanOutV1) = "stock-ran-out.v1",
        /// Enough of an item is there for all that is on the menu.
        StockBack(StockBackV1) = "stock-back.v1",
    }
}

/// All that the order needs is held for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockReservedV1 {
    /// What.
    pub uses: Vec<StockUse>,
}

/// Something is short; nothing is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockShortV1 {
    /// What is short.
    pub shortages: Vec<Shortage>,
}

/// An item that is short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortage {
    /// The item.
    pub item: String,
    /// How many the order needs.
    pub wanted: u64,
    /// How many are there.
    pub available: u64,
}

/// What was held is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockConsumedV1 {}

/// What was held is free again. On a reservation that never was: it never will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockReleasedV1 {}

/// Units of an item came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockReceivedV1 {
    /// The item.
    pub item: String,
    /// How many.
    pub quantity: u64,
}

/// The count of an item was set right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockAdjustedV1 {
    /// The item.
    pub item: String,
    /// By how many: less than nothing is spoiled or missing.
    pub difference: i64,
    /// Why.
    pub reason: String,
}

/// Units of an item are held for an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitsReservedV1 {
    /// For whom.
    pub order: OrderId,
    /// How many.
    pub quantity: u64,
}

/// Held units of an item are used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitsConsumedV1 {
    /// For whom they were held.
    pub order: OrderId,
    /// How many.
    pub quantity: u64,
}

/// Held units of an item are free again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitsReleasedV1 {
    /// For whom they were held.
    pub order: OrderId,
    /// How many.
    pub quantity: u64,
}

/// An item runs low: no more are there than its shop wants to be told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLowV1 {
    /// The item.
    pub item: String,
    /// How many can be had.
    pub available: u64,
    /// At how many left the shop wants to be told.
    pub low: u64,
}

/// An item no longer runs low: more came in, or its shop wants to be told of fewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLowEndedV1 {
    /// The item.
    pub item: String,
    /// How many can be had.
    pub available: u64,
}

/// Fewer of an item are there than something on the menu needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockRanOutV1 {
    /// The item.
    pub item: String,
    /// How many can be had: not always none.
    pub available: u64,
}

/// Enough of an item is there for all that is on the menu, or the menu does not follow it any longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockBackV1 {
    /// The item.
    pub item: String,
}
