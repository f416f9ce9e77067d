//! The rules of inventory, one file per subject: given these facts, when this is wished, then that.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod conservation;
mod needs;
mod reservation;
mod stock_item;
mod watching;

use catalog_contract::StockUse;
use inventory_contract::{
    InventoryEvent, Shortage, StockAdjustedV1, StockConsumedV1, StockReceivedV1, StockReleasedV1,
    StockReservedV1, StockShortV1, UnitsConsumedV1, UnitsReleasedV1, UnitsReservedV1,
};
use kernel::{Aggregate, OrderId};
use uuid::Uuid;

/// The state after these facts.
fn given<A: Aggregate>(facts: &[A::Event]) -> A {
    facts.iter().fold(A::default(), |state, fact| state.evolve(fact))
}

const ORDER: OrderId = OrderId(Uuid::from_u128(1));

fn used(item: &str, quantity: u32) -> StockUse {
    StockUse { item: item.to_owned(), quantity }
}

fn reserved(uses: &[StockUse]) -> InventoryEvent {
    InventoryEvent::StockReserved(StockReservedV1 { uses: uses.to_vec() })
}

fn short(item: &str, wanted: u64, available: u64) -> InventoryEvent {
    let shortages = vec![Shortage { item: item.to_owned(), wanted, available }];
    InventoryEvent::StockShort(StockShortV1 { shortages })
}

fn consumed() -> InventoryEvent {
    InventoryEvent::StockConsumed(StockConsumedV1 {})
}

fn released() -> InventoryEvent {
    InventoryEvent::StockReleased(StockReleasedV1 {})
}

fn received(quantity: u64) -> InventoryEvent {
    InventoryEvent::StockReceived(StockReceivedV1 { item: "cup".to_owned(), quantity })
}

fn adjusted(difference: i64) -> InventoryEvent {
    InventoryEvent::StockAdjusted(StockAdjustedV1 {
        item: "cup".to_owned(),
        difference,
        reason: "counted".to_owned(),
    })
}

fn units_reserved(quantity: u64) -> InventoryEvent {
    InventoryEvent::UnitsReserved(UnitsReservedV1 { order: ORDER, quantity })
}

fn units_consumed(quantity: u64) -> InventoryEvent {
    InventoryEvent::UnitsConsumed(UnitsConsumedV1 { order: ORDER, quantity })
}

fn units_released(quantity: u64) -> InventoryEvent {
    InventoryEvent::UnitsReleased(UnitsReleasedV1 { order: ORDER, quantity })
}
