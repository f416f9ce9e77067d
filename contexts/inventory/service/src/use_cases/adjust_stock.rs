use edge::etag::{EntityTag, IfMatch};
use inventory_contract::{StockItemView, stock_item_id};
use inventory_domain::{StockItem, StockItemCommand, StockItemRejection};
use kernel::{ShopKey, Subject};
use runtime::{Failure, Turn};

use crate::command::InventoryRefusal;
use crate::shops::Shops;
use crate::watching::settle;

/// The count is set right, unless the item has changed since it was read.
pub(super) fn adjust_stock(
    turn: &mut Turn<'_>,
    shops: &Shops,
    shop: &ShopKey,
    item: &str,
    difference: i64,
    reason: String,
    if_match: &IfMatch,
) -> Result<StockItemView, Failure<InventoryRefusal>> {
    let id = stock_item_id(shop, item);
    let version = turn.version::<StockItem>(id)?;
    if !turn.state::<StockItem>(id)?.is_kept() {
        return Err(Failure::Refused(InventoryRefusal::Item(StockItemRejection::Unknown)));
    }
    if if_match.check(EntityTag::of_version(version)).is_err() {
        return Err(Failure::Refused(InventoryRefusal::Changed { version }));
    }
    let command = StockItemCommand::Adjust { item: item.to_owned(), difference, reason };
    turn.execute::<StockItem>(id, &Subject::shop(shop.clone()), command)
        .map_err(|failure| failure.map_refusal(InventoryRefusal::Item))?;
    Ok(settle(turn, shops, shop, item)?)
}
