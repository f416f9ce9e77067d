//! The order does not want its payment any longer: nothing moves, or all of it goes back.

use payment_contract::{PaymentEvent, PaymentState};

use crate::house::{House, PRICE, won};

/// Whether the last word of a payment is the one that ordering waits for.
fn is_void(event: &PaymentEvent) -> bool {
    matches!(event, PaymentEvent::Voided(_))
}

fn is_whole_refund(event: &PaymentEvent) -> bool {
    matches!(event, PaymentEvent::Refunded(refunded) if refunded.whole)
}

#[test]
fn an_order_that_gives_up_before_it_asked_leaves_a_tombstone() {
    let mut house = House::open();
    house.order_gives_up(1);
    assert!(is_void(&house.last_event(1)));

    house.ask(1, "tok_approve").unwrap();
    house.provider_works();

    assert_eq!(house.book.captures(), 0);
    assert_eq!(house.events(1).len(), 1);
    assert_eq!(house.row(1), None);
    house.is_at_rest();
}

#[test]
fn giving_up_before_the_provider_was_called_captures_nothing() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    let late = house.started.remove(0);

    house.order_gives_up(1);
    house.provider_works();
    assert!(is_void(&house.last_event(1)));

    // The call that was under way arrives after the cancel.
    house.started.push(late);
    house.provider_works();
    assert_eq!(house.book.captures(), 0);
    assert!(is_void(&house.last_event(1)));
    assert!(house.row(1).unwrap().hidden);
    house.is_at_rest();
}

#[test]
fn a_capture_whose_answer_was_lost_is_called_back_whole() {
    let mut house = House::open();
    house.ask(1, "tok_timeout_after_capture").unwrap();
    house.provider_works();

    house.order_gives_up(1);
    house.provider_works();

    assert!(is_whole_refund(&house.last_event(1)));
    assert_eq!(house.state(1), PaymentState::Refunded);
    assert_eq!(house.payment(1).refunded, won(PRICE));
    assert!(house.row(1).unwrap().hidden, "its order never stood");
    house.is_at_rest();
}

#[test]
fn an_answer_that_comes_after_giving_up_is_called_back_whole() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    let yes = house.answer_travels();
    house.order_gives_up(1);

    house.bring(yes);
    house.provider_works();

    assert!(is_whole_refund(&house.last_event(1)));
    assert_eq!(house.ledger(), [("provider-clearing".into(), 0), ("shop/cafe".into(), 0)]);
    house.is_at_rest();
}

#[test]
fn giving_up_after_the_approval_calls_it_back_whole() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();

    house.order_gives_up(1);
    assert_eq!(house.state(1), PaymentState::Refunding);
    house.provider_works();

    assert!(is_whole_refund(&house.last_event(1)));
    assert!(house.row(1).unwrap().hidden);
    house.is_at_rest();
}

#[test]
fn giving_up_after_a_decline_is_void() {
    let mut house = House::open();
    house.ask(1, "tok_decline").unwrap();
    house.provider_works();

    house.order_gives_up(1);

    assert!(is_void(&house.last_event(1)));
    house.is_at_rest();
}

#[test]
fn giving_up_while_the_provider_is_down_is_settled_when_it_is_back() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.answers_are_lost();
    house.order_gives_up(1);
    for _ in 0..4 {
        if !house.started.is_empty() {
            house.line_is_dead();
        }
        house.time_passes(10_000);
    }
    assert_eq!(house.state(1), PaymentState::Voiding);

    house.provider_works();

    assert!(is_whole_refund(&house.last_event(1)));
    house.is_at_rest();
}

#[test]
fn an_answer_not_known_after_giving_up_does_not_ask_for_the_money_again() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    let authorize = house.started.remove(0);
    house.order_gives_up(1);

    house.started.insert(0, authorize);
    house.line_is_dead();
    house.provider_works();

    assert!(is_void(&house.last_event(1)));
    house.is_at_rest();
}

#[test]
fn giving_up_survives_a_kill_at_every_step() {
    for steps_before_the_kill in 0..4 {
        let mut house = House::open();
        house.ask(1, "tok_timeout_after_capture").unwrap();
        let mut steps = 0;
        let mut killed_at = |house: &mut House| {
            if steps == steps_before_the_kill {
                house.restart();
            }
            steps += 1;
        };
        killed_at(&mut house);
        house.provider_works();
        killed_at(&mut house);
        house.order_gives_up(1);
        killed_at(&mut house);
        house.provider_works();
        killed_at(&mut house);

        for _ in 0..6 {
            house.time_passes(10_000);
            house.provider_works();
        }

        // Killed before the provider was called, nothing was captured; else all of it is back.
        let last = house.last_event(1);
        assert!(is_void(&last) || is_whole_refund(&last), "killed at {steps_before_the_kill}: {last:?}");
        house.is_at_rest();
    }
}

#[test]
fn a_cancelled_order_that_cost_nothing_leaves_its_payment_alone() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();

    house.order_is_cancelled(1, false);

    assert_eq!(house.state(1), PaymentState::Approved);
}

#[test]
fn a_cancelled_order_gets_all_of_it_back_and_its_payment_stays_in_the_list() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();

    house.order_is_cancelled(1, true);
    house.provider_works();

    assert!(is_whole_refund(&house.last_event(1)));
    assert!(!house.row(1).unwrap().hidden);
    house.is_at_rest();
}

#[test]
fn a_cancelled_order_whose_payment_is_not_known_yet_is_settled_too() {
    let mut house = House::open();
    house.ask(1, "tok_error").unwrap();
    house.provider_works();

    house.order_is_cancelled(1, true);
    house.provider_works();

    assert!(is_void(&house.last_event(1)));
    house.is_at_rest();
}

#[test]
fn a_cancelled_order_that_never_asked_is_void() {
    let mut house = House::open();

    house.order_is_cancelled(1, true);

    assert!(is_void(&house.last_event(1)));
    house.is_at_rest();
}

#[test]
fn an_event_that_payment_has_to_follow_and_cannot_read_is_parked() {
    let mut house = House::open();

    assert_eq!(house.ordering_says_nonsense("order-cancelled.v1"), 1);
    assert_eq!(house.ordering_says_nonsense("order-cancelled.v9"), 1);
    assert_eq!(house.ordering_says_nonsense("order-started.v9"), 0);
}
