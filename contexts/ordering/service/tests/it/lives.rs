//! The life an order is pinned to, and what ordering keeps in mind of shops and menus.

use catalog_contract::{Completes, ShopLife, Stage};
use journal::Reader;
use ordering_contract::OrderState;
use ordering_service::{OrderingRefusal, PlaceReply};

use crate::house::*;

fn completes_when_made() -> ShopLife {
    ShopLife { completes: Completes::AtStage { stage: Stage::Prepared }, ..cafe() }
}

#[test]
fn a_new_life_does_not_change_an_order_under_way() {
    let mut house = House::open();
    let first = house.standing();
    house.define("second-life", &completes_when_made());
    house.hear();

    house.kitchen_says(first, started());
    house.kitchen_says(first, finished());
    house.hear();

    assert_eq!(house.shown(first).0, OrderState::Prepared);
}

#[test]
fn a_new_life_counts_for_new_orders() {
    let mut house = House::open();
    house.define("second-life", &completes_when_made());
    house.hear();

    let second = house.made();

    assert_eq!(house.shown(second).0, OrderState::Completed);
}

#[test]
fn a_rule_of_cancelling_is_the_one_the_order_began_with() {
    let mut house = House::open();
    let first = house.standing();
    let mut life = cafe();
    life.cancel.customer_before = Stage::Accepted;
    house.define("second-life", &life);
    house
        .kitchen_says(first, kitchen_contract::KitchenEvent::Accepted(kitchen_contract::TicketAcceptedV1 {}));
    house.hear();

    assert!(house.cancel("anonymous", first).is_ok());
}

#[test]
fn shops_and_menus_are_kept_over_a_restart() {
    let mut house = House::open();
    house.sell_out(KIOSK, "water");
    house.hear();

    house.restart();

    assert_eq!(house.place(order(1), CAFE, americanos(1)), Ok(PlaceReply::Waits { order: order(1) }));
    let refusal = house.place(order(2), KIOSK, wish(vec![line("water", 1)])).unwrap_err();
    assert!(matches!(refusal, OrderingRefusal::SoldOut(_)), "{refusal:?}");
}

#[test]
fn a_shop_that_nobody_told_of_is_unknown() {
    let refusal = House::open().place(order(1), "bar", americanos(1)).unwrap_err();

    assert_eq!(refusal, OrderingRefusal::UnknownShop("bar".into()));
}

#[test]
fn what_is_kept_of_the_catalog_is_in_no_list_of_orders() {
    let mut house = House::open();
    let query =
        journal::RowQuery { collection: "orders".into(), hidden: true, limit: 10, ..Default::default() };

    assert_eq!(house.processor.journal().rows(&query).unwrap(), []);
}
