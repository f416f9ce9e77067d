//! What inventory promises: what is there, what is held for whom.
//!
//! A reservation has one stream per order and answers the order; a stock item has one stream per
//! shop and item and keeps the item's facts. Both are written in one transaction.
//!
//! To add an event: a payload in `events.rs`, its line in `events!`, a golden sample in `golden/`,
//! `evolve` and `decide` of the aggregate whose fact it is in `inventory-domain`, `docs/flows.md`.

mod events;
mod views;

pub use events::{
    InventoryEvent, Shortage, StockAdjustedV1, StockBackV1, StockConsumedV1, StockLowEndedV1, StockLowV1,
    StockRanOutV1, StockReceivedV1, StockReleasedV1, StockReservedV1, StockShortV1, UnitsConsumedV1,
    UnitsReleasedV1, UnitsReservedV1,
};
pub use views::{StockItemView, stock_item_id};

/// The role's name.
pub const ROLE: &str = "inventory";
