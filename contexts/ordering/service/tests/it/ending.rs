//! How an order ends well: handed over, by its time, or as soon as it is made.

use ordering_contract::OrderState;

use crate::house::*;

#[test]
fn handing_over_completes_the_order_and_stops_its_timer() {
    let mut house = House::open();
    let made = house.made();
    assert_eq!(house.timers(made), ["complete-order"]);

    house.kitchen_says(made, handed_over());
    house.hear();

    assert_eq!(house.shown(made), (OrderState::Completed, false));
    assert_eq!(house.timers(made), Vec::<String>::new());
}

#[test]
fn an_order_that_nobody_hands_over_completes_by_its_time() {
    let mut house = House::open();
    let made = house.made();

    house.wait(14_400_000 - 10);
    assert_eq!(house.shown(made).0, OrderState::Prepared);
    house.wait(10);
    assert_eq!(house.shown(made).0, OrderState::Completed);
}

#[test]
fn a_hand_over_after_its_time_changes_nothing() {
    let mut house = House::open();
    let made = house.made();
    house.wait(14_400_000);

    house.kitchen_says(made, handed_over());
    let outputs = house.hear();

    assert_eq!((outputs.parked, house.shown(made).0), (0, OrderState::Completed));
}

#[test]
fn a_shop_may_complete_its_orders_so_long_after_they_are_made() {
    let mut house = House::open();
    house.place(order(1), DINER, americanos(2)).unwrap();
    house.payment_says(order(1), approved());
    house.kitchen_says(order(1), started());
    house.kitchen_says(order(1), finished());
    house.hear();

    assert_eq!(house.shown(order(1)).0, OrderState::Prepared);
    house.wait(60_000);
    assert_eq!(house.shown(order(1)).0, OrderState::Completed);
}

#[test]
fn the_kiosk_completes_an_order_when_it_is_made() {
    let mut house = House::open();
    house.place(order(1), KIOSK, americanos(2)).unwrap();
    house.inventory_says(order(1), reserved());
    house.kitchen_says(order(1), started());
    house.kitchen_says(order(1), finished());
    house.hear();

    assert_eq!(house.facts(order(1))[3..], ["started", "prepared", "completed"]);
    assert_eq!(house.timers(order(1)), Vec::<String>::new());
}

#[test]
fn an_order_carries_its_note_to_its_row_and_not_into_its_facts() {
    let mut house = House::open();
    let standing = house.standing();

    assert_eq!(house.view(standing).note.as_deref(), Some("less ice"));
    let stored = journal::Reader::load(house.processor.journal(), standing.0, 0).unwrap();
    assert!(stored.iter().all(|event| !String::from_utf8_lossy(&event.data).contains("less ice")));
}
