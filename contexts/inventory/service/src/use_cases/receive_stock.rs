use inventory_contract::{StockItemView, stock_item_id};
use inventory_domain::{StockItem, StockItemCommand};
use kernel::{ShopKey, Subject};
use runtime::{Failure, Turn};

use crate::command::InventoryRefusal;
use crate::shops::Shops;
use crate::watching::settle;

/// Units came in. The first receipt of an item makes it known.
pub(super) fn receive_stock(
    turn: &mut Turn<'_>,
    shops: &Shops,
    shop: &ShopKey,
    item: &str,
    quantity: u64,
) -> Result<StockItemView, Failure<InventoryRefusal>> {
    let command = StockItemCommand::Receive { item: item.to_owned(), quantity };
    turn.execute::<StockItem>(stock_item_id(shop, item), &Subject::shop(shop.clone()), command)
        .map_err(|failure| failure.map_refusal(InventoryRefusal::Item))?;
    Ok(settle(turn, shops, shop, item)?)
}
