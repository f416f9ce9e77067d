//! Items are defined, removed, switched off and on.

use catalog_contract::{CatalogEvent, MenuItem};
use catalog_domain::ShopRejection;
use catalog_service::{CatalogCommand, CatalogRefusal, CatalogReply};
use runtime::Failure;

use crate::house::{Answer, House, cafe};

fn item(key: &str) -> MenuItem {
    cafe().menu.into_iter().find(|item| item.key == key).unwrap()
}

fn define(house: &mut House, item: MenuItem) -> Answer {
    house.command(CatalogCommand::DefineItem { shop: "cafe".into(), item: Box::new(item) })
}

fn remove(house: &mut House, item: &str) -> Answer {
    house.command(CatalogCommand::RemoveItem { shop: "cafe".into(), item: item.to_owned() })
}

#[test]
fn an_item_is_switched_off_and_on() {
    let mut house = House::with_cafe();

    let answer = house.set_sold_out("1", true).unwrap();

    let sold_out = MenuItem { sold_out: true, ..item("1") };
    assert_eq!(answer, CatalogReply::Item { item: Box::new(sold_out.clone()), version: 14 });
    let (row, shown) = house.item("1").unwrap();
    assert_eq!((shown, row.version, row.number), (sold_out, 14, 1));
    assert_eq!(house.shop("cafe").unwrap().version, 14);
    house.set_sold_out("1", false).unwrap();
    assert_eq!(house.item("1").unwrap().1, item("1"));
}

#[test]
fn a_switch_that_stands_so_already_is_answered_without_news() {
    let mut house = House::with_cafe();
    house.set_sold_out("1", true).unwrap();
    let before = house.event_types().len();

    let again = house.set_sold_out("1", true).unwrap();

    assert!(matches!(again, CatalogReply::Item { version: 14, .. }));
    assert_eq!(house.event_types().len(), before);
}

#[test]
fn an_item_that_is_not_on_the_menu_is_refused() {
    let mut house = House::with_cafe();

    let answer = house.set_sold_out("77", true);

    let rejection = ShopRejection::UnknownItem("77".to_owned());
    assert_eq!(answer, Err(Failure::Refused(CatalogRefusal::Shop(rejection))));
}

#[test]
fn a_new_item_goes_to_the_end_of_the_menu() {
    let mut house = House::with_cafe();
    let tea = MenuItem { key: "barley-tea".to_owned(), ..item("7") };

    define(&mut house, tea.clone()).unwrap();

    assert_eq!(house.menu("cafe").last(), Some(&tea.key));
    assert_eq!(house.item("barley-tea").unwrap().1, tea);
}

#[test]
fn a_changed_item_keeps_its_place() {
    let mut house = House::with_cafe();
    let mut dearer = item("3");
    dearer.price.amount = 5_300;

    define(&mut house, dearer).unwrap();

    assert_eq!(house.menu("cafe")[2], "3");
    assert_eq!(house.item("3").unwrap().1.price.amount, 5_300);
}

#[test]
fn a_refused_item_leaves_nothing() {
    let mut house = House::with_cafe();
    let mut cheap = item("3");
    cheap.price.amount = -1;

    let answer = define(&mut house, cheap);

    assert_eq!(answer, Err(Failure::Refused(CatalogRefusal::Shop(ShopRejection::LessThanNothing))));
    assert_eq!(house.item("3").unwrap().1, item("3"));
}

#[test]
fn a_removed_item_is_gone_and_stays_gone() {
    let mut house = House::with_cafe();

    assert_eq!(remove(&mut house, "12"), Ok(CatalogReply::Removed));
    assert_eq!(remove(&mut house, "12"), Ok(CatalogReply::Removed));

    assert!(house.item("12").is_none());
    let removed = |event: &CatalogEvent| matches!(event, CatalogEvent::MenuItemRemoved(_));
    assert_eq!(house.events().iter().filter(|event| removed(event)).count(), 1);
}

#[test]
fn an_unknown_shop_refuses_everything() {
    let mut house = House::open();
    let unknown = Err(Failure::Refused(CatalogRefusal::Shop(ShopRejection::UnknownShop)));

    assert_eq!(house.set_sold_out("1", true), unknown);
    assert_eq!(define(&mut house, item("1")), unknown);
    assert_eq!(remove(&mut house, "1"), unknown);
}
