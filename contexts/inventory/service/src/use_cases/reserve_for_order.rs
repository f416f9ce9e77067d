use std::collections::BTreeMap;

use catalog_contract::StockUse;
use inventory_contract::{StockItemView, stock_item_id};
use inventory_domain::{Needs, Reservation, ReservationCommand, StockItem, StockItemCommand};
use journal::{Journal, StoreError};
use kernel::ShopKey;
use kernel::planted::{self, Bug};
use runtime::{PolicyFailure, Turn};

use super::ForOrder;
use crate::shops::Shops;
use crate::views::STOCK;
use crate::watching::settle;

/// Holds all that an order uses, or nothing; either is answered to the order. The reservation and
/// the items it takes from move in one turn.
pub(crate) fn reserve_for_order(
    turn: &mut Turn<'_>,
    shops: &Shops,
    of: &ForOrder,
    uses: &[StockUse],
) -> Result<(), PolicyFailure> {
    let needs = Needs::of(uses);
    let available = available(turn, &of.subject.shop, &needs)?;
    let command = ReservationCommand::Reserve { needs, available };
    let decided = turn.execute::<Reservation>(of.order.0, &of.subject, command)?;
    if decided.events.is_empty() {
        return Ok(());
    }
    let held = turn.state::<Reservation>(of.order.0)?.held().to_vec();
    for used in held {
        let id = stock_item_id(&of.subject.shop, &used.item);
        let command = StockItemCommand::Reserve { order: of.order, quantity: u64::from(used.quantity) };
        turn.execute::<StockItem>(id, &of.subject, command)?;
        settle(turn, shops, &of.subject.shop, &used.item)?;
    }
    Ok(())
}

/// How many of each item can be had, with everything decided so far in this batch.
fn available(
    turn: &mut Turn<'_>,
    shop: &ShopKey,
    needs: &Needs,
) -> Result<BTreeMap<String, u64>, StoreError> {
    let mut available = BTreeMap::new();
    for (item, _) in needs.iter() {
        let id = stock_item_id(shop, item);
        let quantity = if planted::is(Bug::B12) {
            as_read_before(turn.store(), id)?
        } else {
            turn.state::<StockItem>(id)?.counts().available
        };
        available.insert(item.to_owned(), quantity);
    }
    Ok(available)
}

/// The planted bug: the quantity as some reader saw it, before the writer's turn.
fn as_read_before(store: &mut dyn Journal, id: uuid::Uuid) -> Result<u64, StoreError> {
    let row = store.row(STOCK, id)?;
    let view = row.and_then(|row| serde_json::from_slice::<StockItemView>(&row.body).ok());
    Ok(view.map_or(0, |view| view.available))
}
