//! A shop that takes the money with the order: asked for after the commit, answered when it is known.

use ordering_contract::{OrderEvent, OrderState, RefusalReason};
use ordering_service::{OrderingCommand, OrderingRefusal, PlaceReply};
use payment_contract::{AskPayment, PaymentEvent, PaymentOutcomeUnknownV1};
use serde_json::Value;

use crate::house::*;

#[test]
fn a_placed_order_asks_payment_for_its_total_with_its_own_id() {
    let mut house = House::open();

    let reply = house.place(order(1), CAFE, americanos(2)).unwrap();

    assert_eq!(reply, PlaceReply::Waits { order: order(1) });
    let ask: AskPayment = serde_json::from_slice(&house.asked[0].payload).unwrap();
    assert_eq!((ask.order, ask.amount, ask.method.as_str()), (order(1), won(9_000), "tok_approve"));
    assert_eq!((ask.shop.as_str(), ask.order_number), (CAFE, 1));
}

#[test]
fn until_the_money_is_there_the_order_shows_nowhere() {
    let mut house = House::open();
    house.place(order(1), CAFE, americanos(2)).unwrap();

    assert_eq!(house.shown(order(1)), (OrderState::Placed, true));
    house.payment_says(order(1), approved());
    house.hear();
    assert_eq!(house.shown(order(1)), (OrderState::Confirmed, false));
}

#[test]
fn an_approved_order_is_confirmed_and_its_key_remembers_the_version_it_showed() {
    let mut house = House::open();
    house.place_with(order(1), CAFE, americanos(2), Some(key(1, 1))).unwrap();
    assert_eq!(house.answer(&key(1, 1)), None);

    house.payment_says(order(1), approved());
    house.hear();

    assert_eq!(house.facts(order(1)), ["placed", "paid", "confirmed"]);
    assert_eq!(house.answer(&key(1, 1)), Some((201, 3)));
    assert_eq!(house.timers(order(1)), Vec::<String>::new());
}

#[test]
fn a_declined_order_never_stood_and_its_key_remembers_the_refusal() {
    let mut house = House::open();
    house.place_with(order(1), CAFE, americanos(2), Some(key(1, 1))).unwrap();

    house.payment_says(order(1), declined());
    house.hear();

    assert_eq!(house.facts(order(1)), ["placed", "refused"]);
    assert_eq!(house.shown(order(1)), (OrderState::Refused, true));
    assert_eq!(house.answer(&key(1, 1)), Some((402, 2)));
    let outcome = house.remembered(&key(1, 1)).unwrap().outcome.unwrap();
    let problem: Value = serde_json::from_slice(&outcome.body).unwrap();
    assert_eq!((&problem["status"], &problem["detail"]), (&402.into(), &"card expired".into()));
}

#[test]
fn an_order_whose_payment_does_not_answer_is_abandoned_at_the_shops_bound() {
    let mut house = House::open();
    house.place(order(1), CAFE, americanos(2)).unwrap();

    house.wait(TIMEOUT_MILLIS - 10);
    assert_eq!(house.facts(order(1)), ["placed"]);
    house.wait(10);

    assert_eq!(house.facts(order(1)), ["placed", "payment-abandoned"]);
    assert_eq!(house.shown(order(1)), (OrderState::Placed, true));
    assert_eq!(house.timers(order(1)), Vec::<String>::new());
}

#[test]
fn an_abandoned_order_is_refused_when_payment_says_that_nothing_moved() {
    let mut house = House::open();
    house.place(order(1), CAFE, americanos(2)).unwrap();
    house.wait(TIMEOUT_MILLIS);

    house.payment_says(order(1), voided());
    house.hear();

    let Some(OrderEvent::Refused(refused)) = house.events(order(1)).pop() else { panic!("not refused") };
    assert_eq!(refused.reason, RefusalReason::PaymentUnavailable);
}

#[test]
fn an_approval_after_the_bound_does_not_bring_the_order_back() {
    let mut house = House::open();
    house.place(order(1), CAFE, americanos(2)).unwrap();
    house.wait(TIMEOUT_MILLIS);

    house.payment_says(order(1), approved());
    house.hear();
    assert_eq!(house.facts(order(1)), ["placed", "payment-abandoned"]);
    house.payment_says(order(1), refunded(true));
    house.hear();
    assert_eq!(house.facts(order(1)), ["placed", "payment-abandoned", "refused"]);
}

#[test]
fn an_ask_that_did_not_arrive_abandons_the_order_at_once() {
    let mut house = House::open();
    house.place(order(1), CAFE, americanos(2)).unwrap();

    house.command("system", OrderingCommand::AbandonPayment { order: order(1) }).unwrap();

    assert_eq!(house.facts(order(1)), ["placed", "payment-abandoned"]);
}

#[test]
fn an_ask_that_failed_too_late_or_for_nobody_changes_nothing() {
    let mut house = House::open();
    let standing = house.standing();

    house.command("system", OrderingCommand::AbandonPayment { order: standing }).unwrap();
    house.command("system", OrderingCommand::AbandonPayment { order: order(99) }).unwrap();

    assert_eq!(house.facts(standing), ["placed", "paid", "confirmed"]);
    assert_eq!(house.facts(order(99)), Vec::<String>::new());
}

#[test]
fn what_payment_says_on_the_way_does_not_move_the_order() {
    let mut house = House::open();
    house.place(order(1), CAFE, americanos(2)).unwrap();

    house.payment_says(
        order(1),
        PaymentEvent::OutcomeUnknown(PaymentOutcomeUnknownV1 { cause: "timeout".into() }),
    );
    house.hear();

    assert_eq!(house.facts(order(1)), ["placed"]);
}

#[test]
fn an_order_that_costs_nothing_asks_nobody_and_stands_at_once() {
    let mut house = House::open();

    let reply = house.place_with(order(1), CAFE, wish(vec![line("water", 3)]), Some(key(1, 1))).unwrap();

    assert_eq!(reply, PlaceReply::Decided { order: order(1), version: 2 });
    assert_eq!((house.shown(order(1)), house.asked.len()), ((OrderState::Confirmed, false), 0));
    assert_eq!(house.answer(&key(1, 1)), Some((201, 2)));
}

#[test]
fn an_order_is_not_given_away_where_neither_client_nor_shop_names_a_token() {
    let mut house = House::open();
    let mut life = cafe();
    life.payment.default_method = None;
    house.define("without-default", &life);
    house.hear();

    let refusal = house.place(order(1), CAFE, americanos(1)).unwrap_err();

    let OrderingRefusal::Invalid(wrong) = refusal else { panic!("{refusal:?}") };
    assert_eq!(wrong[0].field, "payment_method");
}

#[test]
fn what_was_said_before_is_not_followed_again() {
    let mut house = House::open();
    let standing = house.standing();

    house.hear_again();
    house.restart();
    house.hear_again();

    assert_eq!(house.facts(standing), ["placed", "paid", "confirmed"]);
}

#[test]
fn orders_are_numbered_by_shop_and_called_by_day() {
    let mut house = House::open();
    for number in 1..=2 {
        house.place(order(number), CAFE, americanos(1)).unwrap();
    }
    house.place(order(3), DINER, americanos(1)).unwrap();
    house.wait(24 * 3_600_000);
    house.place(order(4), CAFE, americanos(1)).unwrap();

    let numbers = [1, 2, 3, 4].map(|number| {
        let view = house.view(order(number));
        (view.number, view.call_number)
    });
    assert_eq!(numbers, [(1, 1), (2, 2), (1, 1), (3, 1)]);
}
