use catalog_contract::{MenuItem, menu_item_id, shop_id};
use catalog_domain::{Shop, ShopRejection};
use journal::{Row, StoreError};
use kernel::ShopKey;
use runtime::{Failure, Turn};

use super::{MENU_ITEMS, to_json};
use crate::command::{CatalogRefusal, CatalogReply};

/// Puts the row of an item as it stands in this turn; a new one goes to the end of the menu.
pub(crate) fn keep_item(turn: &mut Turn<'_>, shop: &ShopKey, key: &str) -> Result<(), StoreError> {
    let id = menu_item_id(shop, key);
    let version = turn.version::<Shop>(shop_id(shop))?;
    let Some(item) = item(turn, shop, key)? else { return Ok(()) };
    let number = match turn.row(MENU_ITEMS, id)? {
        Some(row) => row.number,
        None => turn.next_number(&format!("{MENU_ITEMS}/{shop}"))?,
    };
    let row = Row {
        collection: MENU_ITEMS.into(),
        id,
        shop: shop.clone(),
        number,
        customer: None,
        state: if item.can_be_had() { "available" } else { "sold-out" }.into(),
        at: turn.now(),
        search: format!("{} {} {}", item.key, item.name.ko, item.name.en),
        version,
        hidden: false,
        body: to_json(&item),
    };
    turn.put_row(row);
    Ok(())
}

/// Takes the row of an item away.
pub(crate) fn drop_item(turn: &mut Turn<'_>, shop: &ShopKey, key: &str) {
    turn.delete_row(MENU_ITEMS, menu_item_id(shop, key));
}

/// The version of an item: that of the shop when the item last changed.
pub(crate) fn item_version(
    turn: &mut Turn<'_>,
    shop: &ShopKey,
    key: &str,
) -> Result<Option<u64>, StoreError> {
    Ok(turn.row(MENU_ITEMS, menu_item_id(shop, key))?.map(|row| row.version))
}

/// The item as an answer.
pub(crate) fn item_reply(
    turn: &mut Turn<'_>,
    shop: &ShopKey,
    key: &str,
) -> Result<CatalogReply, Failure<CatalogRefusal>> {
    let version = item_version(turn, shop, key)?.unwrap_or(0);
    let unknown = || Failure::Refused(ShopRejection::UnknownItem(key.to_owned()).into());
    let item = item(turn, shop, key)?.ok_or_else(unknown)?;
    Ok(CatalogReply::Item { item: Box::new(item), version })
}

fn item(turn: &mut Turn<'_>, shop: &ShopKey, key: &str) -> Result<Option<MenuItem>, StoreError> {
    let state = turn.state::<Shop>(shop_id(shop))?;
    Ok(state.open().and_then(|shop| shop.menu.get(key)).cloned())
}
