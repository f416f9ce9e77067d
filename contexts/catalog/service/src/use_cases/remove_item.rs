use catalog_domain::ShopCommand;
use kernel::ShopKey;
use runtime::{Failure, Turn};

use super::wish;
use crate::command::{CatalogRefusal, CatalogReply};
use crate::views;

/// Takes an item off the menu; one that is not there stays away.
pub(super) fn remove_item(
    turn: &mut Turn<'_>,
    shop: &ShopKey,
    item: &str,
) -> Result<CatalogReply, Failure<CatalogRefusal>> {
    if wish(turn, shop, ShopCommand::RemoveItem { item: item.to_owned() })? {
        views::drop_item(turn, shop, item);
        views::keep_shop(turn, shop)?;
    }
    Ok(CatalogReply::Removed)
}
