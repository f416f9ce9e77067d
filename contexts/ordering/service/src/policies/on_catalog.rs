use catalog_contract::CatalogEvent;
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
        id: uuid::Uuid::from_u128(u128::from(event.position)),
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
