use std::sync::Arc;

use catalog_contract::{PaymentTime, ShopDirectory, ShopLife};
use inventory_contract::{InventoryEvent, Shortage};
use kernel::Recorded;
use ordering_contract::{CancelReason, OrderEvent};
use ordering_domain::{Order, OrderCommand};
use runtime::{PolicyFailure, Turn};

use crate::effects::start_asking;
use crate::follow::{move_order, was_taken};
use crate::policies::{follow, order_of};

/// What of inventory's events moves an order; what becomes of its counts is others' to tell.
pub(super) const HEARD: &[&str] = &["stock-reserved", "stock-short"];

/// Whenever inventory said whether it holds what an order needs: go on to the money, or end it.
pub(crate) fn on_inventory(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    event: &Recorded,
) -> Result<(), PolicyFailure> {
    match event.decode()? {
        InventoryEvent::StockReserved(_) => go_on(turn, shops, event),
        InventoryEvent::StockShort(short) => {
            let Some(life) = life_of(turn, shops, event)? else { return Ok(()) };
            let detail = in_words(&short.shortages);
            let asks = life.payment.when == PaymentTime::AtOrder;
            let fact = if asks && was_taken(turn, order_of(event)?)? {
                OrderCommand::Withdraw { reason: CancelReason::OutOfStock, text: detail }
            } else {
                OrderCommand::NoteShort { detail, life }
            };
            follow(turn, shops, event, fact)
        }
        _ => Ok(()),
    }
}

fn go_on(turn: &mut Turn<'_>, shops: &ShopDirectory, event: &Recorded) -> Result<(), PolicyFailure> {
    let Some(life) = life_of(turn, shops, event)? else { return Ok(()) };
    let order = order_of(event)?;
    let asks = life.payment.when != PaymentTime::None;
    let note = OrderCommand::NoteReserved { life: life.clone() };
    let moved = move_order(turn, shops, &event.subject, order, note)?;
    if asks
        && moved.events.iter().any(|event| matches!(event, OrderEvent::Reserved(_)))
        && let Some(placed) = turn.state::<Order>(order.0)?.placed().cloned()
    {
        start_asking(turn, &life, &event.subject, order, &placed);
    }
    Ok(())
}

fn life_of(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    event: &Recorded,
) -> Result<Option<Arc<ShopLife>>, PolicyFailure> {
    let Some(placed) = turn.state::<Order>(order_of(event)?.0)?.placed().cloned() else { return Ok(None) };
    shops
        .pinned(&placed.life)
        .cloned()
        .map(Some)
        .map_err(|unknown| PolicyFailure::NotYet(unknown.to_string()))
}

fn in_words(shortages: &[Shortage]) -> String {
    let each: Vec<_> = shortages
        .iter()
        .map(|short| format!("{}: {} wanted, {} there", short.item, short.wanted, short.available))
        .collect();
    each.join("; ")
}
