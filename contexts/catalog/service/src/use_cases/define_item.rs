use catalog_contract::MenuItem;
use catalog_domain::ShopCommand;
use kernel::ShopKey;
use runtime::{Failure, Turn};

use super::wish;
use crate::command::{CatalogRefusal, CatalogReply};
use crate::views;

/// Puts an item on the menu, or changes the one that is there.
pub(super) fn define_item(
    turn: &mut Turn<'_>,
    shop: &ShopKey,
    item: MenuItem,
) -> Result<CatalogReply, Failure<CatalogRefusal>> {
    let key = item.key.clone();
    if wish(turn, shop, ShopCommand::DefineItem { item })? {
        views::keep_item(turn, shop, &key)?;
        views::keep_shop(turn, shop)?;
    }
    views::item_reply(turn, shop, &key)
}
