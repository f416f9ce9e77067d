use catalog_contract::MenuItem;
use catalog_domain::ShopCommand;
use kernel::ShopKey;
use runtime::{Failure, Turn};

use super::{follow_stock, wish};
use crate::command::{CatalogRefusal, CatalogReply};
use crate::short_stock::ShortStock;
use crate::views;

/// Puts an item on the menu, or changes the one that is there.
pub(super) fn define_item(
    turn: &mut Turn<'_>,
    short: &ShortStock,
    shop: &ShopKey,
    item: MenuItem,
) -> Result<CatalogReply, Failure<CatalogRefusal>> {
    let key = item.key.clone();
    if wish(turn, shop, ShopCommand::DefineItem { item })? {
        views::keep_item(turn, shop, &key)?;
        views::keep_shop(turn, shop)?;
        follow_stock(turn, shop, short)?;
    }
    views::item_reply(turn, shop, &key)
}
