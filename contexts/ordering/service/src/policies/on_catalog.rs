use catalog_contract::{CatalogEvent, menu_item_id};
use journal::Row;
use kernel::Recorded;
use runtime::{PolicyFailure, Turn};

use crate::service::{SHOP_EVENTS, SharedShops};
use crate::timers;

/// Whenever the catalog told of a shop or its menu: keep it in mind, and on the disk.
pub(crate) fn on_catalog(
    turn: &mut Turn<'_>,
    shops: &SharedShops,
    event: &Recorded,
) -> Result<(), PolicyFailure> {
    let told: CatalogEvent = event.decode()?;
    turn.put_row(Row {
        collection: SHOP_EVENTS.into(),
        id: row_id(event, &told),
        shop: event.subject.shop.clone(),
        number: event.position,
        customer: None,
        state: "".into(),
        at: event.at,
        search: event.event_type.to_string(),
        version: 1,
        hidden: true,
        body: event.data.clone(),
    });
    if matches!(told, CatalogEvent::ShopDefined(_)) {
        timers::begin_forgetting(turn);
    }
    shops.apply(&told);
    Ok(())
}

/// What stock closes of an item is told whole each time: the last word stands for those before it.
fn row_id(event: &Recorded, told: &CatalogEvent) -> uuid::Uuid {
    match told {
        CatalogEvent::MenuItemStockSet(set) => {
            uuid::Uuid::new_v5(&menu_item_id(&set.shop, &set.item), b"stock-set")
        }
        _ => uuid::Uuid::from_u128(u128::from(event.position)),
    }
}
