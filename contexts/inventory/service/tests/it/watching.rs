//! What is told of counts: to staff, that something runs low; to the menu, that it ran out.

use catalog_contract::{CatalogEvent, MenuItem, MenuItemDefinedV1, MenuItemRemovedV1, StockUse, Text};
use inventory_service::{LOW, STOCK, StockWish};
use journal::Reader as _;
use kernel::{Currency, Money};
use ordering_contract::CancelReason;

use crate::house::{House, KIOSK, cancelled, started, wish};

/// An item of the menu that uses so many cups.
fn on_menu(key: &str, cups: u32) -> CatalogEvent {
    CatalogEvent::MenuItemDefined(MenuItemDefinedV1 {
        shop: KIOSK.into(),
        item: MenuItem {
            key: key.to_owned(),
            name: Text::default(),
            category: None,
            price: Money::zero(Currency::KRW),
            options: vec![],
            uses: vec![StockUse { item: "cup".to_owned(), quantity: cups }],
            sold_out: false,
            out_of_stock: false,
        },
    })
}

/// A kiosk whose menu follows its stock, low at 3 cups, with 5 of them.
fn watching() -> House {
    let mut house = House::open();
    house.define_watching(&[("cup", 3)], true);
    house.menu(&on_menu("tea", 1));
    house.hear();
    house.receive(KIOSK, "cup", 5);
    house
}

fn last_told(house: &mut House) -> String {
    house.told_of("cup").pop().unwrap()
}

fn order(house: &mut House, order: u64, cups: u32) {
    house.place(KIOSK, order, &[("cup", cups)]);
    house.hear();
}

#[test]
fn an_item_that_runs_low_is_told_once_and_shown_so_until_more_comes_in() {
    let mut house = watching();
    assert!(!house.stock("cup").low);
    order(&mut house, 1, 2);
    assert_eq!(last_told(&mut house), "stock-low");
    assert!(house.stock("cup").low);
    order(&mut house, 2, 1);
    assert_eq!(house.told_of("cup").iter().filter(|told| *told == "stock-low").count(), 1);
    house.receive(KIOSK, "cup", 10);
    assert_eq!(last_told(&mut house), "stock-low-ended");
    assert!(!house.stock("cup").low);
}

#[test]
fn the_row_of_what_runs_low_is_found_by_its_state() {
    let mut house = watching();
    order(&mut house, 1, 2);
    let id = inventory_contract::stock_item_id(&KIOSK.into(), "cup");
    assert_eq!(house.processor.journal().row(STOCK, id).unwrap().unwrap().state, LOW);
}

#[test]
fn the_menu_is_told_what_ran_out_and_when_a_cancel_brings_it_back() {
    let mut house = watching();
    order(&mut house, 1, 5);
    assert_eq!(last_told(&mut house), "stock-ran-out");
    house.tell(KIOSK, 1, cancelled(CancelReason::ByCustomer, true));
    house.hear();
    assert_eq!(last_told(&mut house), "stock-back");
}

#[test]
fn what_is_used_stays_out() {
    let mut house = watching();
    order(&mut house, 1, 5);
    let told = house.told_of("cup").len();
    house.tell(KIOSK, 1, started());
    house.hear();
    assert_eq!(house.told_of("cup").len(), told + 1, "only that it was used");
}

#[test]
fn an_item_on_the_menu_that_was_never_received_has_run_out_and_is_not_listed() {
    let mut house = House::open();
    house.define_watching(&[("cup", 3)], true);
    house.menu(&on_menu("tea", 1));
    house.hear();
    assert_eq!(house.told_of("cup"), ["stock-ran-out"]);
    let id = inventory_contract::stock_item_id(&KIOSK.into(), "cup");
    assert!(house.processor.journal().row(STOCK, id).unwrap().unwrap().hidden);
    let counted = StockWish::Adjust { difference: 1, reason: "found".into(), if_match: Default::default() };
    assert!(house.command(wish(KIOSK, "cup", counted)).is_err());
    house.receive(KIOSK, "cup", 9);
    assert!(!house.processor.journal().row(STOCK, id).unwrap().unwrap().hidden);
    assert_eq!(house.told_of("cup"), ["stock-ran-out", "stock-received", "stock-back"]);
}

#[test]
fn a_larger_portion_on_the_menu_may_be_more_than_there_is() {
    let mut house = watching();
    house.menu(&on_menu("party", 8));
    house.hear();
    assert_eq!(last_told(&mut house), "stock-ran-out");
    house.menu(&CatalogEvent::MenuItemRemoved(MenuItemRemovedV1 {
        shop: KIOSK.into(),
        item: "party".to_owned(),
    }));
    house.hear();
    assert_eq!(last_told(&mut house), "stock-back");
}

#[test]
fn a_changed_life_is_answered_with_what_is_to_be_said_under_it() {
    let mut house = watching();
    order(&mut house, 1, 5);
    house.define_watching(&[], false);
    house.hear();
    let told = house.told_of("cup");
    assert_eq!(told[told.len() - 2..], ["stock-low-ended", "stock-back"]);
    assert!(!house.stock("cup").low);
    house.define_watching(&[("cup", 7)], true);
    house.hear();
    let told = house.told_of("cup");
    assert_eq!(told[told.len() - 2..], ["stock-low", "stock-ran-out"]);
}

#[test]
fn a_restart_knows_the_menu_and_what_was_told() {
    let mut house = watching();
    order(&mut house, 1, 5);
    house.restart();
    let told = house.told_of("cup").len();
    house.hear_again();
    assert_eq!(house.told_of("cup").len(), told);
    house.receive(KIOSK, "cup", 4);
    let told = house.told_of("cup");
    assert_eq!(told[told.len() - 2..], ["stock-low-ended", "stock-back"]);
}

#[test]
fn a_shop_that_neither_watches_nor_closes_is_told_nothing() {
    let mut house = House::open();
    house.menu(&on_menu("tea", 1));
    house.hear();
    house.receive(KIOSK, "cup", 1);
    order(&mut house, 1, 1);
    assert_eq!(house.told_of("cup"), ["stock-received", "units-reserved"]);
}
