//! Menus follow the stock, where their shops say so.

use catalog_contract::{CatalogEvent, MenuItem};
use catalog_domain::ShopFile;
use catalog_service::{CatalogCommand, CatalogReply};
use inventory_contract::{InventoryEvent, StockBackV1, StockLowV1, StockRanOutV1};

use crate::house::{House, default_shop, file};

fn kiosk(closes_menu: bool) -> ShopFile {
    let written = format!("mode = \"reserve\"\ncloses_menu = {closes_menu}");
    file(&default_shop("kiosk").replace("mode = \"reserve\"", &written))
}

fn with_kiosk() -> House {
    let mut house = House::open();
    house.import(&kiosk(true));
    house
}

fn icetea() -> MenuItem {
    kiosk(true).menu.into_iter().find(|item| item.key == "icetea").unwrap()
}

fn ran_out(house: &mut House, available: u64) {
    let item = icetea().uses[0].item.clone();
    house.hear("kiosk", &InventoryEvent::StockRanOut(StockRanOutV1 { item, available }));
}

fn back(house: &mut House) {
    let item = icetea().uses[0].item.clone();
    house.hear("kiosk", &InventoryEvent::StockBack(StockBackV1 { item }));
}

fn is_closed(house: &mut House) -> bool {
    house.item_of("kiosk", "icetea").unwrap().1.out_of_stock
}

#[test]
fn what_ran_out_closes_its_item_on_the_menu_until_it_is_back() {
    let mut house = with_kiosk();
    let version = house.shop("kiosk").unwrap().version;
    ran_out(&mut house, 0);
    let (row, item) = house.item_of("kiosk", "icetea").unwrap();
    assert_eq!((row.state.as_ref(), item.out_of_stock, item.sold_out), ("sold-out", true, false));
    assert!(house.shop("kiosk").unwrap().version > version, "whoever knows the menu must ask again");
    assert!(matches!(house.events().last(), Some(CatalogEvent::MenuItemStockSet(_))));
    back(&mut house);
    let (row, item) = house.item_of("kiosk", "icetea").unwrap();
    assert_eq!((row.state.as_ref(), item.out_of_stock), ("available", false));
}

#[test]
fn the_same_word_twice_is_no_news() {
    let mut house = with_kiosk();
    ran_out(&mut house, 0);
    let told = house.event_types().len();
    ran_out(&mut house, 0);
    assert_eq!(house.event_types().len(), told);
}

#[test]
fn a_restart_knows_what_is_short() {
    let mut house = with_kiosk();
    ran_out(&mut house, 0);
    house.restart();
    let tea = MenuItem { key: "tea".to_owned(), ..icetea() };
    let define = CatalogCommand::DefineItem { shop: "kiosk".into(), item: Box::new(tea) };
    let CatalogReply::Item { item, .. } = house.command(define).unwrap() else { panic!("no item") };
    assert!(item.out_of_stock, "a new item that uses it is closed from the beginning");
}

#[test]
fn a_menu_that_no_longer_follows_its_stock_opens_and_closes_again_with_it() {
    let mut house = with_kiosk();
    ran_out(&mut house, 0);
    house.import(&kiosk(false));
    assert!(!is_closed(&mut house));
    house.import(&kiosk(true));
    assert!(is_closed(&mut house));
}

#[test]
fn an_item_that_a_menu_import_brings_is_closed_where_its_stock_is_short() {
    let mut house = with_kiosk();
    ran_out(&mut house, 0);
    let mut changed = kiosk(true);
    changed.menu.iter_mut().for_each(|item| item.price.amount += 100);
    changed.menu.push(MenuItem { key: "tea".to_owned(), ..icetea() });
    house.import_menu(&changed);
    assert!(is_closed(&mut house));
    assert!(house.item_of("kiosk", "tea").unwrap().1.out_of_stock);
}

#[test]
fn a_shop_whose_menu_does_not_follow_its_stock_hears_nothing_of_it() {
    let mut house = House::open();
    house.import(&kiosk(false));
    ran_out(&mut house, 0);
    assert!(!is_closed(&mut house));
}

#[test]
fn what_only_runs_low_or_belongs_to_no_open_shop_closes_nothing() {
    let mut house = with_kiosk();
    let item = icetea().uses[0].item.clone();
    house.hear("kiosk", &InventoryEvent::StockLow(StockLowV1 { item: item.clone(), available: 0, low: 3 }));
    house.hear("nowhere", &InventoryEvent::StockRanOut(StockRanOutV1 { item, available: 0 }));
    assert!(!is_closed(&mut house));
}
