//! What a context knows of shops after what the catalog told.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use catalog_contract::{
    CatalogEvent, LifeHash, MenuItemRemovedV1, MenuItemSoldOutSetV1, MenuItemStockSetV1, PauseKind,
    ShopDirectory, StockClosing, UnknownLife,
};
use kernel::{Published, ShopKey};

fn sample(event_type: &str) -> CatalogEvent {
    let path = format!("{}/golden/{event_type}.json", env!("CARGO_MANIFEST_DIR"));
    let sample: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    CatalogEvent::decode(event_type, &serde_json::to_vec(&sample["data"]).unwrap(), None).unwrap()
}

fn cafe() -> ShopKey {
    ShopKey::from("cafe")
}

fn directory(events: &[CatalogEvent]) -> ShopDirectory {
    let mut directory = ShopDirectory::default();
    events.iter().for_each(|event| directory.apply(event));
    directory
}

fn open() -> Vec<CatalogEvent> {
    vec![sample("shop-defined.v1"), sample("menu-item-defined.v1")]
}

#[test]
fn a_shop_that_was_told_of_is_known_with_its_menu() {
    let known = directory(&open());
    assert_eq!(known.current(&cafe()).unwrap().1.currency, kernel::Currency::KRW);
    assert_eq!(known.item(&cafe(), "1").unwrap().price.amount, 4500);
    assert_eq!((known.shops().count(), known.menu(&cafe()).count()), (1, 1));
}

#[test]
fn an_older_life_stays_known_to_the_orders_that_are_pinned_to_it() {
    let CatalogEvent::ShopDefined(mut newer) = sample("shop-defined.v1") else { panic!("a shop") };
    let older = newer.hash.clone();
    newer.hash = LifeHash::from("newer");
    newer.life.payment.timeout_millis = 2_000;
    let known = directory(&[sample("shop-defined.v1"), CatalogEvent::ShopDefined(newer)]);
    assert_eq!(known.current(&cafe()).unwrap().0.as_str(), "newer");
    assert_eq!(known.pinned(&older).unwrap().payment.timeout_millis, 1_000);
}

#[test]
fn a_life_that_was_not_told_of_is_waited_for() {
    let unheard = LifeHash::from("unheard");
    assert_eq!(directory(&open()).pinned(&unheard).unwrap_err(), UnknownLife(unheard));
}

#[test]
fn an_item_is_sold_out_and_removed() {
    let mut known = directory(&open());
    let set = MenuItemSoldOutSetV1 { shop: cafe(), item: "1".to_owned(), sold_out: true };
    known.apply(&CatalogEvent::MenuItemSoldOutSet(set));
    assert!(known.item(&cafe(), "1").unwrap().sold_out);
    let removed = MenuItemRemovedV1 { shop: cafe(), item: "1".to_owned() };
    known.apply(&CatalogEvent::MenuItemRemoved(removed));
    assert_eq!(known.item(&cafe(), "1"), None);
}

#[test]
fn a_pause_is_known_until_the_shop_opens_again() {
    let paused = directory(&[sample("shop-defined.v1"), sample("shop-paused.v1")]);
    assert_eq!(paused.pause(&cafe()).unwrap().kind, PauseKind::Busy);
    let open = directory(&[sample("shop-defined.v1"), sample("shop-paused.v1"), sample("shop-reopened.v1")]);
    assert_eq!(open.pause(&cafe()), None);
}

#[test]
fn what_stock_closes_is_known_beside_what_was_said_to_be_sold_out() {
    let mut known = directory(&open());
    known.apply(&sample("menu-item-stock-set.v1"));
    let closing = known.item(&cafe(), "1").unwrap().closing();
    assert_eq!((closing.out_of_stock, closing.choices[0].choice.as_str()), (false, "large"));
    let nothing = MenuItemStockSetV1 { shop: cafe(), item: "1".to_owned(), closing: StockClosing::default() };
    known.apply(&CatalogEvent::MenuItemStockSet(nothing));
    assert_eq!(known.item(&cafe(), "1").unwrap().closing(), StockClosing::default());
    assert!(known.item(&cafe(), "1").unwrap().can_be_had());
}
