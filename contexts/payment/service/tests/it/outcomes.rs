//! From the ask to what the provider said.

use payment_contract::{PaymentEvent, PaymentState};
use payment_domain::Rejection;
use payment_service::{Refusal, Reply};
use runtime::Failure;

use crate::house::{House, PRICE, won};

#[test]
fn the_intent_is_safe_before_the_provider_is_called() {
    let mut house = House::open();

    assert_eq!(house.ask(1, "tok_approve"), Ok(Reply::Taken));

    assert_eq!(house.state(1), PaymentState::Requested);
    assert_eq!(house.book.captures(), 0);
    assert_eq!(house.started.len(), 1);
}

#[test]
fn a_good_token_captures_the_money_and_books_it_twice() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();

    house.provider_works();

    let payment = house.payment(1);
    assert_eq!((payment.state, payment.number, payment.amount), (PaymentState::Approved, 1, won(PRICE)));
    assert_eq!(payment.approval_code.as_deref(), Some("SB-00000001"));
    assert_eq!(house.ledger(), [("provider-clearing".into(), PRICE), ("shop/cafe".into(), -PRICE)]);
    house.is_at_rest();
}

#[test]
fn the_ledger_sums_over_orders() {
    let mut house = House::open();
    for number in 1..=3 {
        house.ask(number, "tok_approve").unwrap();
    }

    house.provider_works();

    assert_eq!(house.ledger(), [("provider-clearing".into(), 3 * PRICE), ("shop/cafe".into(), -3 * PRICE)]);
}

#[test]
fn a_bad_token_is_declined_with_its_reason_and_stands_in_no_list() {
    let mut house = House::open();
    house.ask(1, "tok_insufficient_funds").unwrap();

    house.provider_works();

    assert_eq!(house.state(1), PaymentState::Declined);
    assert_eq!(house.payment(1).decline_reason.as_deref(), Some("insufficient funds"));
    assert!(house.row(1).unwrap().hidden);
    house.is_at_rest();
}

#[test]
fn asking_twice_captures_once() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();
    house.ask(1, "tok_approve").unwrap();
    house.provider_works();

    assert_eq!(house.book.captures(), 1);
    assert_eq!(house.events(1).len(), 2);
    house.is_at_rest();
}

#[test]
fn asking_with_other_terms_is_refused_and_keeps_nothing() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();

    let answer = house.ask_for(1, won(1), "tok_approve");

    let rejection = Rejection::AskedDifferently { asked: won(PRICE) };
    assert_eq!(answer, Err(Failure::Refused(Refusal::Rejected(rejection))));
    assert_eq!(house.events(1).len(), 1);
}

#[test]
fn nothing_cannot_be_asked_for() {
    let mut house = House::open();

    let answer = house.ask_for(1, won(0), "tok_approve");

    assert_eq!(answer, Err(Failure::Refused(Refusal::Rejected(Rejection::NotPositive))));
    assert_eq!(house.leases(), 0);
}

#[test]
fn a_lost_answer_is_unknown_until_the_provider_is_asked_what_became_of_it() {
    let mut house = House::open();
    house.ask(1, "tok_timeout_after_capture").unwrap();

    house.provider_works();
    assert_eq!(house.state(1), PaymentState::Unknown);
    assert_eq!(house.book.captures(), 1);

    house.time_passes(1_000);
    house.provider_works();
    assert_eq!(house.state(1), PaymentState::Approved);
    assert_eq!(house.book.captures(), 1);
    house.is_at_rest();
}

#[test]
fn an_error_after_the_capture_is_not_taken_for_a_no() {
    let mut house = House::open();
    house.ask(1, "tok_error_after_capture").unwrap();
    house.provider_works();
    assert_eq!(house.state(1), PaymentState::Unknown);

    house.time_passes(1_000);
    house.provider_works();

    assert_eq!(house.state(1), PaymentState::Approved);
    house.is_at_rest();
}

#[test]
fn an_ask_that_never_arrived_is_made_again_under_its_key() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.line_is_dead();
    assert_eq!(house.state(1), PaymentState::Unknown);

    house.time_passes(1_000);
    house.provider_works();

    assert_eq!(house.state(1), PaymentState::Approved);
    house.is_at_rest();
}

#[test]
fn a_provider_that_fails_is_asked_again_ever_more_seldom() {
    let mut house = House::open();
    house.ask(1, "tok_error").unwrap();
    house.provider_works();

    let mut asked = 0;
    for _ in 0..64 {
        house.time_passes(1_000);
        asked += house.started.len();
        house.provider_works();
    }

    assert!((4..=9).contains(&asked), "asked {asked} times within about a minute");
    assert_eq!(house.state(1), PaymentState::Unknown);
    assert_eq!(house.events(1).len(), 2, "silence again is no news");
}

#[test]
fn after_a_week_the_outcome_waits_for_people() {
    let mut house = House::open();
    house.ask(1, "tok_error").unwrap();
    house.provider_works();

    house.time_passes(7 * 24 * 3_600_000);
    house.provider_works();

    assert_eq!(house.state(1), PaymentState::Unknown);
    assert_eq!(house.leases(), 0);
}

#[test]
fn a_kill_between_the_intent_and_the_call_loses_nothing() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    house.restart();
    assert_eq!(house.started.len(), 0);

    house.time_passes(5_000);
    house.provider_works();

    assert_eq!(house.state(1), PaymentState::Approved);
    house.is_at_rest();
}

#[test]
fn a_kill_between_the_call_and_its_answer_doubles_nothing() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    let _lost = house.answer_travels();
    assert_eq!(house.book.captures(), 1);
    house.restart();

    house.time_passes(5_000);
    house.provider_works();

    assert_eq!(house.state(1), PaymentState::Approved);
    assert_eq!(house.book.captures(), 1);
    house.is_at_rest();
}

#[test]
fn an_answer_that_arrives_twice_is_taken_once() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    let answer = house.answer_travels();

    house.bring(answer.clone());
    house.bring(answer);

    assert!(matches!(house.last_event(1), PaymentEvent::Approved(_)));
    assert_eq!(house.events(1).len(), 2);
    house.is_at_rest();
}

#[test]
fn a_provider_that_contradicts_itself_does_not_undo_a_capture() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();
    let yes = house.answer_travels();
    let payment_service::Command::RecordCharge { work, attempt, .. } = yes.clone() else {
        panic!("the answer to a charge");
    };
    let no = payment_service::Command::RecordCharge {
        work,
        attempt,
        outcome: payment_service::effects::ChargeOutcome::Declined { reason: "forged".to_owned() },
    };

    house.bring(yes);
    house.bring(no);

    assert_eq!(house.state(1), PaymentState::Approved);
    house.is_at_rest();
}
