//! What of the menu stock closes, and what it never opens.

use std::collections::BTreeMap;

use catalog_contract::{CatalogEvent, MenuItem, MenuItemStockSetV1, StockClosing};
use catalog_domain::{Shop, ShopCommand, ShopFile};

use crate::{KIOSK, define, define_item, file, given, item, sold_out, when};

/// The kiosk, whose menu follows its stock.
fn closing_kiosk() -> ShopFile {
    let mode = "mode = \"reserve\"";
    assert!(KIOSK.contains(mode));
    file(&KIOSK.replace(mode, "mode = \"reserve\"\ncloses_menu = true"))
}

fn shop(commands: impl IntoIterator<Item = ShopCommand>) -> Shop {
    let kiosk = closing_kiosk();
    let menu = kiosk.menu.iter().cloned().map(define_item);
    given([define(&kiosk)].into_iter().chain(menu).chain(commands))
}

fn short(short: &[(&str, u64)]) -> ShopCommand {
    ShopCommand::FollowStock {
        short: short.iter().map(|(item, there)| ((*item).to_owned(), *there)).collect::<BTreeMap<_, _>>(),
    }
}

fn on_menu<'a>(shop: &'a Shop, key: &str) -> &'a MenuItem {
    &shop.open().unwrap().menu[key]
}

/// What the ice tea uses.
fn of_icetea() -> String {
    item(&closing_kiosk(), "icetea").uses[0].item.clone()
}

#[test]
fn an_item_closes_with_its_stock_and_opens_with_it() {
    let closed = shop([short(&[(&of_icetea(), 0)])]);
    assert!(on_menu(&closed, "icetea").out_of_stock);
    let opened = shop([short(&[(&of_icetea(), 0)]), short(&[])]);
    assert!(on_menu(&opened, "icetea").can_be_had());
}

#[test]
fn each_item_that_changes_is_told_once() {
    let shop = shop([]);
    let events = when(&shop, short(&[(&of_icetea(), 0)])).unwrap();
    let closing = StockClosing { out_of_stock: true, choices: vec![] };
    let set = MenuItemStockSetV1 { shop: "kiosk".into(), item: "icetea".to_owned(), closing };
    assert!(events.contains(&CatalogEvent::MenuItemStockSet(set)));
    let closed = events.iter().fold(shop, kernel::Aggregate::evolve);
    assert_eq!(when(&closed, short(&[(&of_icetea(), 0)])), Ok(vec![]));
}

#[test]
fn what_was_sold_out_by_hand_is_never_opened_by_stock() {
    let by_hand = shop([sold_out("icetea", true), short(&[(&of_icetea(), 0)]), short(&[])]);
    let icetea = on_menu(&by_hand, "icetea");
    assert!(icetea.sold_out && !icetea.out_of_stock);
}

#[test]
fn what_stock_closed_is_not_opened_by_hand() {
    let closed = shop([sold_out("icetea", true), short(&[(&of_icetea(), 0)]), sold_out("icetea", false)]);
    let icetea = on_menu(&closed, "icetea");
    assert!(!icetea.sold_out && icetea.out_of_stock && !icetea.can_be_had());
}

#[test]
fn a_new_definition_keeps_what_stock_closed() {
    let icetea = item(&closing_kiosk(), "icetea");
    let closed = shop([short(&[(&of_icetea(), 0)]), define_item(icetea)]);
    assert!(on_menu(&closed, "icetea").out_of_stock);
}

#[test]
fn an_item_does_not_come_onto_the_menu_closed_by_a_stock_that_nobody_spoke_of() {
    let mut icetea = item(&closing_kiosk(), "icetea");
    icetea.out_of_stock = true;
    let kiosk = closing_kiosk();
    let shop = given([define(&kiosk), define_item(icetea)]);
    assert!(!on_menu(&shop, "icetea").out_of_stock);
}

#[test]
fn a_menu_that_does_not_follow_the_stock_stays_open() {
    let kiosk = file(KIOSK);
    let shop = given([define(&kiosk), define_item(item(&kiosk, "icetea"))]);
    assert_eq!(when(&shop, short(&[(&of_icetea(), 0)])), Ok(vec![]));
}

#[test]
fn a_menu_that_follows_the_stock_no_longer_opens() {
    let still = shop([short(&[(&of_icetea(), 0)]), define(&file(KIOSK))]);
    assert!(on_menu(&still, "icetea").out_of_stock);
    let events = when(&still, short(&[(&of_icetea(), 0)])).unwrap();
    let open = events.iter().fold(still, kernel::Aggregate::evolve);
    assert!(on_menu(&open, "icetea").can_be_had());
}
