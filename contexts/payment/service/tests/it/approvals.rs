//! Payments that the customer approves as a step of their own.

use payment_contract::{PaymentEvent, PaymentState};
use payment_domain::Rejection;
use payment_service::{ApprovalWish, Command, Refusal, Reply};
use runtime::Failure;

use crate::house::{House, cafe, order, won};

fn waiting() -> House {
    let mut house = House::open();
    house.by_customer = true;
    house.ask(1, "tok_approve").unwrap();
    house
}

fn says(house: &mut House, approves: bool, method: Option<&str>) -> Result<Reply, Failure<Refusal>> {
    house.command(Command::Approve(ApprovalWish {
        order: order(1),
        shop: cafe(),
        approves,
        method: method.map(str::to_owned),
        key: None,
    }))
}

const NOT_AWAITED: Failure<Refusal> = Failure::Refused(Refusal::Rejected(Rejection::NotAwaited));

#[test]
fn nothing_moves_before_the_customer_approves() {
    let mut house = waiting();

    assert_eq!(
        (house.state(1), house.started.len(), house.leases()),
        (PaymentState::WaitingForApproval, 0, 0)
    );
    assert!(house.row(1).unwrap().hidden);
    assert_eq!(house.ledger(), []);
}

#[test]
fn an_approved_payment_is_captured() {
    let mut house = waiting();

    says(&mut house, true, None).unwrap();
    house.provider_works();

    assert_eq!(house.state(1), PaymentState::Approved);
    house.is_at_rest();
}

#[test]
fn approving_twice_captures_once() {
    let mut house = waiting();

    says(&mut house, true, None).unwrap();
    house.provider_works();
    says(&mut house, true, None).unwrap();
    house.provider_works();

    assert_eq!(house.book.captures(), 1);
    house.is_at_rest();
}

#[test]
fn after_a_decline_another_method_may_be_approved_under_another_key() {
    let mut house = waiting();
    says(&mut house, true, Some("tok_decline")).unwrap();
    house.provider_works();

    assert_eq!(house.state(1), PaymentState::WaitingForApproval);
    assert_eq!(house.payment(1).decline_reason.as_deref(), Some("declined by the issuer"));

    says(&mut house, true, Some("tok_approve")).unwrap();
    house.provider_works();

    assert_eq!(house.state(1), PaymentState::Approved);
    assert_eq!(house.book.captured(&format!("{}/2", order(1))), Some(won(crate::house::PRICE)));
    house.is_at_rest();
}

#[test]
fn a_late_answer_to_an_earlier_attempt_changes_nothing() {
    let mut house = waiting();
    says(&mut house, true, Some("tok_decline")).unwrap();
    let late = house.answer_travels();
    house.bring(late.clone());
    says(&mut house, true, Some("tok_approve")).unwrap();

    house.bring(late);

    assert_eq!(house.state(1), PaymentState::Requested);
    house.provider_works();
    assert_eq!(house.state(1), PaymentState::Approved);
    house.is_at_rest();
}

#[test]
fn a_payment_that_the_customer_calls_off_is_void_for_ever() {
    let mut house = waiting();

    says(&mut house, false, None).unwrap();
    says(&mut house, false, None).unwrap();

    assert_eq!(house.state(1), PaymentState::Voided);
    assert_eq!(says(&mut house, true, None), Err(NOT_AWAITED));
    house.is_at_rest();
}

#[test]
fn an_order_that_expires_takes_the_unapproved_payment_with_it() {
    let mut house = waiting();

    house.order_is_cancelled(1, true);

    assert_eq!(house.last_event(1), PaymentEvent::Voided(payment_contract::PaymentVoidedV1 {}));
    assert_eq!(says(&mut house, true, None), Err(NOT_AWAITED));
}

#[test]
fn an_order_that_expires_while_the_provider_is_asked_gets_its_money_back() {
    let mut house = waiting();
    says(&mut house, true, None).unwrap();

    house.order_is_cancelled(1, true);
    house.provider_works();

    assert_eq!(house.state(1), PaymentState::Refunded);
    house.is_at_rest();
}

#[test]
fn once_approved_it_cannot_be_called_off_as_if_nothing_had_moved() {
    let mut house = waiting();
    says(&mut house, true, None).unwrap();

    assert_eq!(says(&mut house, false, None), Err(NOT_AWAITED));
}

#[test]
fn a_payment_that_waits_for_nobody_cannot_be_approved() {
    let mut house = House::open();
    house.ask(1, "tok_approve").unwrap();

    assert_eq!(says(&mut house, true, None), Err(NOT_AWAITED));
}

#[test]
fn an_approval_that_was_wished_while_payment_was_away_captures_once() {
    let mut house = waiting();

    house.approval_is_wished(1);
    house.approval_is_wished(1);
    house.provider_works();
    house.approval_is_wished(1);
    house.provider_works();

    assert_eq!((house.state(1), house.book.captures()), (PaymentState::Approved, 1));
    house.is_at_rest();
}

#[test]
fn an_approval_of_a_payment_that_nobody_asked_for_yet_waits_to_be_told_again() {
    let mut house = House::open();
    house.by_customer = true;
    house.approval_is_wished(1);
    house.ask(1, "tok_approve").unwrap();
    assert_eq!(house.state(1), PaymentState::WaitingForApproval);

    house.approval_is_wished(1);
    house.provider_works();

    assert_eq!(house.state(1), PaymentState::Approved);
    house.is_at_rest();
}

#[test]
fn an_approval_of_what_was_called_off_falls() {
    let mut house = waiting();
    says(&mut house, false, None).unwrap();
    house.approval_is_wished(1);
    assert_eq!((house.state(1), house.book.captures()), (PaymentState::Voided, 0));
    house.is_at_rest();
}
