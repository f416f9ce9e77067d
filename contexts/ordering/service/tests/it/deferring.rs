//! A shop that takes the order although payment does not answer.

use ordering_contract::{CancelReason, OrderEvent, OrderState};
use ordering_service::{OrderingCommand, PlaceReply};

use crate::house::*;

fn deferred() -> House {
    let mut house = House::open();
    house.place_with(order(1), DINER, americanos(2), Some(key(1, 1))).unwrap();
    house
}

#[test]
fn the_order_shows_while_it_waits_for_its_money() {
    let mut house = deferred();

    assert_eq!(house.shown(order(1)), (OrderState::Placed, false));
    assert_eq!(house.asked.len(), 1);
}

#[test]
fn after_the_bound_its_client_is_answered_that_it_is_taken_and_payment_is_asked_on() {
    let mut house = deferred();

    house.wait(TIMEOUT_MILLIS);

    assert_eq!(
        (house.facts(order(1)), house.answer(&key(1, 1))),
        (vec!["placed".to_owned()], Some((201, 1)))
    );
    house.wait(60_000);
    assert_eq!(house.asked.last().unwrap().attempt, 2);
}

#[test]
fn what_was_answered_stays_the_answer_when_the_money_comes() {
    let mut house = deferred();
    house.wait(TIMEOUT_MILLIS);

    house.payment_says(order(1), approved());
    house.hear();

    assert_eq!(house.shown(order(1)), (OrderState::Confirmed, false));
    assert_eq!(house.answer(&key(1, 1)), Some((201, 1)));
}

#[test]
fn an_order_that_was_taken_is_cancelled_and_not_forgotten_when_its_money_is_declined() {
    let mut house = deferred();
    house.wait(TIMEOUT_MILLIS);

    house.payment_says(order(1), declined());
    house.hear();

    assert_eq!(house.shown(order(1)), (OrderState::Cancelled, false));
    assert_eq!(house.answer(&key(1, 1)), Some((201, 1)));
}

#[test]
fn an_order_whose_client_still_waits_is_refused_when_its_money_is_declined() {
    let mut house = deferred();

    house.payment_says(order(1), declined());
    house.hear();

    assert_eq!(house.shown(order(1)), (OrderState::Refused, true));
    assert_eq!(house.answer(&key(1, 1)).map(|(status, _)| status), Some(402));
}

#[test]
fn an_ask_that_did_not_arrive_abandons_nothing() {
    let mut house = deferred();

    house.command("system", OrderingCommand::AbandonPayment { order: order(1) }).unwrap();

    assert_eq!(house.facts(order(1)), ["placed"]);
}

#[test]
fn an_order_that_is_not_paid_for_long_expires() {
    let mut house = deferred();

    house.wait(EXPIRES_MILLIS);

    let Some(OrderEvent::Cancelled(cancelled)) = house.events(order(1)).pop() else {
        panic!("not cancelled")
    };
    assert_eq!((cancelled.reason, cancelled.calls_money_back), (CancelReason::Expired, true));
    assert_eq!(house.shown(order(1)), (OrderState::Cancelled, false));
    assert_eq!(house.timers(order(1)), Vec::<String>::new());
}

#[test]
fn an_order_that_is_cancelled_before_its_money_came_answers_its_key() {
    let mut house = deferred();

    house.cancel("anonymous", order(1)).unwrap();

    assert_eq!(house.facts(order(1)), ["placed", "cancelled"]);
    let again = house.place_with(order(2), DINER, americanos(2), Some(key(1, 1))).unwrap();
    assert!(matches!(again, PlaceReply::Again { order: first, .. } if first == order(1)), "{again:?}");
}
