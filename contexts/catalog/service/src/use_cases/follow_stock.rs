use catalog_contract::{CatalogEvent, shop_id};
use catalog_domain::{Shop, ShopCommand};
use journal::StoreError;
use kernel::{ShopKey, Subject};
use runtime::{Failure, Turn};

use crate::short_stock::ShortStock;
use crate::views;

/// Lets the menu of a shop follow what is short, where it does: closes what uses it, opens what does
/// so no longer.
pub(crate) fn follow_stock(
    turn: &mut Turn<'_>,
    shop: &ShopKey,
    short: &ShortStock,
) -> Result<(), StoreError> {
    let command = ShopCommand::FollowStock { short: short.of(shop) };
    let told = match turn.execute::<Shop>(shop_id(shop), &Subject::shop(shop.clone()), command) {
        Ok(told) => told.events,
        Err(Failure::Broken(error)) => return Err(error),
        // Of a shop that is not open nothing is closed.
        Err(Failure::Refused(_)) => return Ok(()),
    };
    for event in &told {
        if let CatalogEvent::MenuItemStockSet(set) = event {
            views::keep_item(turn, shop, &set.item)?;
        }
    }
    if told.is_empty() { Ok(()) } else { views::keep_shop(turn, shop) }
}
