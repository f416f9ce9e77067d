use inventory_contract::InventoryEvent;
use kernel::Recorded;
use runtime::{PolicyFailure, Turn};

use crate::short_stock::ShortStock;
use crate::use_cases::follow_stock;

/// Whenever something ran out, or is back, that the menu needs: the menu closes what uses it, or
/// opens it again.
pub(super) fn close_or_open(
    short: &mut ShortStock,
    event: &Recorded,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    let shop = &event.subject.shop;
    match event.decode()? {
        InventoryEvent::StockRanOut(ran_out) => {
            short.note(turn, shop, &ran_out.item, Some(ran_out.available))
        }
        InventoryEvent::StockBack(back) => short.note(turn, shop, &back.item, None),
        _ => return Ok(()),
    }
    follow_stock(turn, shop, short)?;
    Ok(())
}
