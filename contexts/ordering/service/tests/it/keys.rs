//! Idempotency: a key makes one standing order, and the same answer every time.

use journal::Reader;
use ordering_service::{OrderingRefusal, PlaceReply, replay_body};

use crate::house::*;

const KEY: (u8, u8) = (1, 1);

fn placed() -> House {
    let mut house = House::open();
    again(&mut house, 1).unwrap();
    house
}

/// The same wish with the same key; `number` is the id it would have.
fn again(house: &mut House, number: u128) -> Result<PlaceReply, OrderingRefusal> {
    house.place_with(order(number), CAFE, americanos(2), Some(key(KEY.0, KEY.1)))
}

#[test]
fn a_key_that_is_not_answered_yet_is_still_running() {
    assert_eq!(again(&mut placed(), 2).unwrap_err(), OrderingRefusal::StillRunning);
}

#[test]
fn a_key_with_another_body_is_refused() {
    let refusal = placed().place_with(order(2), CAFE, americanos(3), Some(key(1, 2))).unwrap_err();

    assert_eq!(refusal, OrderingRefusal::KeyReused);
}

#[test]
fn a_key_that_was_answered_is_answered_again_with_the_same_order() {
    let mut house = placed();
    house.payment_says(order(1), approved());
    house.hear();

    let PlaceReply::Again { order: first, outcome } = again(&mut house, 2).unwrap() else {
        panic!("not again")
    };

    assert_eq!((first, outcome.status, outcome.version), (order(1), 201, 3));
    assert!(house.row(order(2)).is_none());
}

#[test]
fn the_same_key_twice_in_one_batch_makes_one_order() {
    let mut house = House::open();
    let place = |number| place(order(number), CAFE, americanos(2), Some(key(KEY.0, KEY.1)));

    let said = house.commands([place(1), place(2)]);

    assert_eq!(said[1], Err(runtime::Failure::Refused(OrderingRefusal::StillRunning)));
    assert!(!house.events(order(1)).is_empty() && house.events(order(2)).is_empty());
}

#[test]
fn a_declined_key_is_declined_again_and_makes_no_second_attempt() {
    let mut house = placed();
    house.payment_says(order(1), declined());
    house.hear();

    let PlaceReply::Again { outcome, .. } = again(&mut house, 2).unwrap() else { panic!("not again") };

    assert_eq!((outcome.status, house.asked.len()), (402, 1));
}

#[test]
fn a_key_whose_money_is_not_known_is_refused_until_payment_says_so() {
    let mut house = placed();
    house.wait(TIMEOUT_MILLIS);

    assert_eq!(again(&mut house, 2).unwrap_err(), OrderingRefusal::OutcomeUnknown);
}

#[test]
fn a_key_whose_order_was_voided_makes_a_new_order_with_a_new_number() {
    let mut house = placed();
    house.wait(TIMEOUT_MILLIS);
    house.payment_says(order(1), voided());
    house.hear();

    assert_eq!(again(&mut house, 2), Ok(PlaceReply::Waits { order: order(2) }));

    assert_eq!((house.view(order(1)).number, house.view(order(2)).number), (1, 2));
    assert_eq!(house.remembered(&key(KEY.0, KEY.1)).unwrap().order, order(2));
    assert_eq!(again(&mut house, 3).unwrap_err(), OrderingRefusal::StillRunning);
}

#[test]
fn what_is_said_of_the_first_order_does_not_answer_for_the_second() {
    let mut house = placed();
    house.wait(TIMEOUT_MILLIS);
    house.payment_says(order(1), voided());
    house.hear();
    again(&mut house, 2).unwrap();

    house.payment_says(order(1), declined());
    house.hear();

    assert_eq!(house.answer(&key(KEY.0, KEY.1)), None);
}

#[test]
fn a_refused_wish_leaves_its_key_unused() {
    let mut house = House::open();
    let unknown = wish(vec![line("tea", 1)]);
    house.place_with(order(1), CAFE, unknown, Some(key(1, 1))).unwrap_err();

    assert!(house.remembered(&key(1, 1)).is_none());
    assert!(again(&mut house, 2).is_ok());
}

#[test]
fn keys_are_forgotten_after_two_days_and_not_before() {
    let mut house = placed();
    house.payment_says(order(1), approved());
    house.hear();

    for _ in 0..47 {
        house.wait(3_600_000);
    }
    assert!(house.remembered(&key(KEY.0, KEY.1)).is_some());
    for _ in 0..2 {
        house.wait(3_600_000);
    }
    assert!(house.remembered(&key(KEY.0, KEY.1)).is_none());
    assert_eq!(again(&mut house, 2), Ok(PlaceReply::Waits { order: order(2) }));
}

#[test]
fn what_was_answered_is_read_again_byte_for_byte_however_far_the_order_went() {
    let mut house = House::open();
    let standing = house.standing();
    let answered = house.row(standing).unwrap();

    house.kitchen_says(standing, started());
    house.kitchen_says(standing, finished());
    house.kitchen_says(standing, handed_over());
    house.hear();
    let now = house.row(standing).unwrap();
    let replayed = replay_body(house.processor.journal(), standing, answered.version).unwrap();

    assert_ne!(now.body, answered.body);
    assert_eq!(String::from_utf8(replayed).unwrap(), String::from_utf8(answered.body).unwrap());
}

#[test]
fn an_answer_of_an_order_that_is_not_there_is_damage() {
    let mut house = House::open();

    let error = replay_body(house.processor.journal(), order(9), 1).unwrap_err();

    assert!(matches!(error, journal::StoreError::Damaged { .. }), "{error}");
    assert_eq!(house.processor.journal().head().unwrap(), 0);
}
