//! What time does to a delivery.

use delivery_contract::DeliveryState;
use delivery_service::Step;
use ordering_contract::CancelReason;

use crate::house::{House, PARCELS, PIZZA};

const MINUTE: i64 = 60_000;

fn fail() -> Step {
    Step::Fail { reason: "nobody at home".to_owned() }
}

#[test]
fn a_failed_attempt_is_tried_again_when_its_time_has_come() {
    let mut house = House::open();
    house.request(PIZZA, 1);
    house.take(PIZZA, 1, Step::Assign { courier: "lee".to_owned() }).unwrap();
    house.take(PIZZA, 1, Step::Start).unwrap();
    house.take(PIZZA, 1, fail()).unwrap();
    house.wait(9 * MINUTE);
    assert_eq!(house.delivery(1).unwrap().state, DeliveryState::Failed);
    house.wait(MINUTE);
    assert_eq!(house.delivery(1).unwrap().state, DeliveryState::Assigned);
}

#[test]
fn the_last_attempt_comes_back_and_no_time_moves_it() {
    let mut house = House::open();
    house.request(PARCELS, 1);
    for attempt in 1..=3 {
        assert_eq!(house.delivery(1).unwrap().attempts, attempt);
        house.take(PARCELS, 1, fail()).unwrap();
        house.wait(MINUTE);
    }
    assert_eq!(house.delivery(1).unwrap().state, DeliveryState::Returned);
    let facts = house.facts(1);
    house.wait(120 * MINUTE);
    assert_eq!(house.facts(1), facts);
}

#[test]
fn what_nobody_speaks_of_counts_as_delivered_after_its_time() {
    let mut house = House::open();
    house.request(PARCELS, 1);
    house.wait(60 * MINUTE);
    assert_eq!(house.delivery(1).unwrap().state, DeliveryState::Completed);
}

#[test]
fn each_attempt_has_its_own_time() {
    let mut house = House::open();
    house.request(PARCELS, 1);
    house.wait(50 * MINUTE);
    house.take(PARCELS, 1, fail()).unwrap();
    house.wait(MINUTE);
    house.wait(30 * MINUTE);
    assert_eq!(house.delivery(1).unwrap().state, DeliveryState::Started);
    house.wait(30 * MINUTE);
    assert_eq!(house.delivery(1).unwrap().state, DeliveryState::Completed);
}

#[test]
fn what_was_called_off_is_neither_tried_again_nor_delivered() {
    let mut house = House::open();
    for (order, fails) in [(1, true), (2, false)] {
        house.request(PARCELS, order);
        if fails {
            house.take(PARCELS, order, fail()).unwrap();
        }
        house.ask_cancel(PARCELS, order, CancelReason::ByCustomer);
        house.hear();
        house.wait(120 * MINUTE);
        assert_eq!(house.delivery(order).unwrap().state, DeliveryState::Released);
    }
}
