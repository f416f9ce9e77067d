use catalog_contract::{OpeningView, ShopView, shop_id};
use catalog_domain::{OpenShop, Shop, ShopRejection, stages_of};
use journal::{Row, StoreError};
use kernel::ShopKey;
use runtime::{Failure, Turn};

use super::{SHOPS, to_json};
use crate::command::{CatalogRefusal, CatalogReply};

/// Puts the row of a shop as it stands in this turn. Its version is that of shop and menu.
pub(crate) fn keep_shop(turn: &mut Turn<'_>, key: &ShopKey) -> Result<(), StoreError> {
    let id = shop_id(key);
    let version = turn.version::<Shop>(id)?;
    let Some(shop) = turn.state::<Shop>(id)?.open() else { return Ok(()) };
    let view = view(shop, version);
    let number = match turn.row(SHOPS, id)? {
        Some(row) => row.number,
        None => turn.next_number(SHOPS)?,
    };
    let row = Row {
        collection: SHOPS.into(),
        id,
        shop: key.clone(),
        number,
        customer: None,
        state: "open".into(),
        at: turn.now(),
        search: format!("{} {} {}", view.key, view.name.ko, view.name.en),
        version,
        hidden: false,
        body: to_json(&view),
    };
    turn.put_row(row);
    Ok(())
}

/// Whether the shop takes orders now, as an answer.
pub(crate) fn opening_reply(
    turn: &mut Turn<'_>,
    key: &ShopKey,
) -> Result<CatalogReply, Failure<CatalogRefusal>> {
    let (id, now) = (shop_id(key), turn.now());
    let version = turn.version::<Shop>(id)?;
    let unknown = Failure::Refused(ShopRejection::UnknownShop.into());
    let shop = turn.state::<Shop>(id)?.open().ok_or(unknown)?;
    Ok(CatalogReply::Opening(Box::new(OpeningView::of(&view(shop, version), now))))
}

fn view(shop: &OpenShop, version: u64) -> ShopView {
    let life = &shop.life;
    ShopView {
        key: life.key.clone(),
        name: life.name.clone(),
        currency: life.currency,
        time_zone: life.time_zone.clone(),
        life: shop.hash.clone(),
        stages: stages_of(life),
        payment: life.payment.when,
        stock: life.stock.mode,
        accept: life.accept,
        prepare: life.prepare.by,
        handover: life.handover,
        cancel: life.cancel.clone(),
        hours: life.hours.clone(),
        pause: shop.pause,
        later: life.later.clone(),
        table: life.table,
        version,
    }
}
