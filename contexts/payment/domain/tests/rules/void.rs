//! The order does not want its payment any longer.

use kernel::Aggregate;
use payment_contract::{PaymentEvent, PaymentState};
use payment_domain::Payment;

use crate::dialogue::*;

#[test]
fn giving_up_before_asking_leaves_a_tombstone() {
    given([]).when(abandon()).then([voided()]);
    given([voided()]).stands_at(Some(PaymentState::Voided));
}

#[test]
fn giving_up_before_the_provider_said_waits_for_what_it_says() {
    given([requested()]).when(abandon()).then([void_requested()]);
    given([requested(), unknown()]).when(abandon()).then([void_requested()]);
    given([requested(), void_requested()]).stands_at(Some(PaymentState::Voiding));
}

#[test]
fn a_no_after_giving_up_is_void() {
    given([requested(), void_requested()]).when(record_declined()).then([voided()]);
}

#[test]
fn a_yes_after_giving_up_is_recorded_and_all_of_it_called_back() {
    given([requested(), void_requested()])
        .when(record_approved())
        .then([approved(), abandoned_refund(1, PRICE)]);
}

#[test]
fn a_yes_after_the_void_was_final_is_recorded_and_called_back() {
    given([requested(), void_requested(), voided()])
        .when(record_approved())
        .then([approved(), abandoned_refund(1, PRICE)]);
}

#[test]
fn cancelling_before_the_outcome_is_known_waits_for_it_too() {
    given([]).when(cancel()).then([voided()]);
    given([requested()]).when(cancel()).then([void_requested()]);
}

#[test]
fn an_abandoned_order_withdraws_the_payment_that_it_never_stood_for() {
    let withdrawn =
        |facts: Vec<PaymentEvent>| facts.iter().fold(Payment::default(), Payment::evolve).is_withdrawn();

    assert!(withdrawn(vec![requested(), approved(), abandoned_refund(1, PRICE)]));
    assert!(!withdrawn(vec![requested(), approved(), cancelled_refund(1, PRICE)]));
    assert!(!withdrawn(vec![requested(), approved(), refund_requested(1, PRICE)]));
}

#[test]
fn cancelling_after_the_capture_calls_all_of_it_back() {
    given([requested(), approved()]).when(cancel()).then([cancelled_refund(1, PRICE)]);
}

#[test]
fn giving_up_after_the_capture_calls_all_of_it_back() {
    given([requested(), approved()]).when(abandon()).then([abandoned_refund(1, PRICE)]);
}

#[test]
fn giving_up_after_a_part_went_back_calls_the_rest_back() {
    given([requested(), approved(), refund_requested(1, 2_000)])
        .when(abandon())
        .then([abandoned_refund(2, 7_000)]);
}

#[test]
fn giving_up_after_a_decline_is_void_at_once() {
    given([requested(), declined()]).when(abandon()).then([voided()]);
}

#[test]
fn giving_up_twice_changes_nothing() {
    for facts in [
        vec![voided()],
        vec![requested(), void_requested()],
        vec![requested(), void_requested(), voided()],
        vec![requested(), approved(), abandoned_refund(1, PRICE)],
        vec![requested(), approved(), abandoned_refund(1, PRICE), refunded(1, PRICE, true)],
    ] {
        given(facts).when(abandon()).then_nothing_new();
    }
}
