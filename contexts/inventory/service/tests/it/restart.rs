//! A killed process takes up where it stopped.

use catalog_contract::StockMode;

use crate::house::{CAFE, House, KIOSK, placed, started};

#[test]
fn shops_and_stock_are_known_again() {
    let mut house = House::open();
    house.receive(KIOSK, "cup", 10);
    house.place(KIOSK, 1, &[("cup", 2)]);
    house.hear();
    house.restart();
    house.tell(KIOSK, 1, started());
    house.hear();
    assert_eq!(house.counts("cup"), (8, 0, 2));
    assert_eq!(house.receive(KIOSK, "cup", 1).number, 1);
}

#[test]
fn the_life_that_was_defined_last_is_the_current_one() {
    let mut house = House::open();
    house.define(CAFE, StockMode::Reserve);
    house.define(CAFE, StockMode::None);
    house.hear();
    house.restart();
    let shops = house.processor.service().shops();
    assert_eq!(shops.current(&CAFE.into()).unwrap().stock.mode, StockMode::None);
    assert!(shops.has_kept_stock(&CAFE.into()));
}

#[test]
fn an_order_follows_the_life_it_is_pinned_to_not_the_current_one() {
    let mut house = House::open();
    house.define(KIOSK, StockMode::None);
    house.hear();
    house.tell(KIOSK, 1, placed(KIOSK, StockMode::Reserve, &[("cup", 1)]));
    house.tell(KIOSK, 2, placed(KIOSK, StockMode::None, &[("cup", 1)]));
    house.tell(KIOSK, 2, started());
    let step = house.hear();
    assert_eq!(house.answers_to(1), ["stock-short.v1"]);
    assert!(house.answers_to(2).is_empty());
    assert_eq!(step.parked, 0);
}
