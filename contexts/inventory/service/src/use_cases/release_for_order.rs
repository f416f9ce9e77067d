use inventory_contract::stock_item_id;
use inventory_domain::{Reservation, ReservationCommand, StockItem, StockItemCommand};
use runtime::{PolicyFailure, Turn};

use super::ForOrder;
use crate::shops::Shops;
use crate::watching::settle;

/// What is held for an order is free again; an order not heard of yet will hold nothing.
pub(crate) fn release_for_order(
    turn: &mut Turn<'_>,
    shops: &Shops,
    of: &ForOrder,
) -> Result<(), PolicyFailure> {
    let held = turn.state::<Reservation>(of.order.0)?.held().to_vec();
    turn.execute::<Reservation>(of.order.0, &of.subject, ReservationCommand::Release)?;
    for used in held {
        let id = stock_item_id(&of.subject.shop, &used.item);
        let command = StockItemCommand::Release { order: of.order, quantity: u64::from(used.quantity) };
        turn.execute::<StockItem>(id, &of.subject, command)?;
        settle(turn, shops, &of.subject.shop, &used.item)?;
    }
    Ok(())
}
