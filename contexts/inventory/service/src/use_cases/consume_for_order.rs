use inventory_contract::stock_item_id;
use inventory_domain::{Reservation, ReservationCommand, StockItem, StockItemCommand};
use runtime::{PolicyFailure, Turn};

use super::ForOrder;
use crate::shops::Shops;
use crate::watching::settle;

/// What is held for an order is used. An order whose shop held no stock when it began is none of
/// inventory's business.
pub(crate) fn consume_for_order(
    turn: &mut Turn<'_>,
    shops: &Shops,
    of: &ForOrder,
) -> Result<(), PolicyFailure> {
    let reservation = turn.state::<Reservation>(of.order.0)?;
    if *reservation == Reservation::Nothing {
        return Ok(());
    }
    let held = reservation.held().to_vec();
    turn.execute::<Reservation>(of.order.0, &of.subject, ReservationCommand::Consume)?;
    for used in held {
        let id = stock_item_id(&of.subject.shop, &used.item);
        let command = StockItemCommand::Consume { order: of.order, quantity: u64::from(used.quantity) };
        turn.execute::<StockItem>(id, &of.subject, command)?;
        settle(turn, shops, &of.subject.shop, &used.item)?;
    }
    Ok(())
}
