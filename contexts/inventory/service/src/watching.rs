//! What is told of a count: that an item runs low, that the menu needs more of it than there is.

use std::collections::BTreeSet;

use inventory_contract::{StockItemView, stock_item_id};
use inventory_domain::{StockItem, StockItemCommand};
use journal::StoreError;
use kernel::{ShopKey, Subject};
use runtime::{Failure, Turn};

use crate::shops::Shops;
use crate::views;

/// After the count of an item has moved: says what is to be said of it, and puts its row.
pub(crate) fn settle(
    turn: &mut Turn<'_>,
    shops: &Shops,
    shop: &ShopKey,
    item: &str,
) -> Result<StockItemView, StoreError> {
    watch(turn, shops, shop, item)?;
    views::put_item(turn, shop, item)
}

/// After the shop or its menu has changed: says what is to be said of these items.
pub(crate) fn watch_again(
    turn: &mut Turn<'_>,
    shops: &Shops,
    shop: &ShopKey,
    items: &BTreeSet<String>,
) -> Result<(), StoreError> {
    for item in items {
        if watch(turn, shops, shop, item)? {
            views::put_item(turn, shop, item)?;
        }
    }
    Ok(())
}

fn watch(turn: &mut Turn<'_>, shops: &Shops, shop: &ShopKey, item: &str) -> Result<bool, StoreError> {
    let command = StockItemCommand::Watch { item: item.to_owned(), watch: shops.watch(shop, item) };
    let told = turn.execute::<StockItem>(stock_item_id(shop, item), &Subject::shop(shop.clone()), command);
    match told {
        Ok(told) => Ok(!told.events.is_empty()),
        Err(Failure::Broken(error)) => Err(error),
        // Nobody wishes for anything here.
        Err(Failure::Refused(_)) => Ok(false),
    }
}
