//! The order does not want its payment any longer.

use payment_contract::PaymentState;
use payment_domain::PaymentCommand::Void;

use crate::dialogue::*;

#[test]
fn giving_up_before_asking_leaves_a_tombstone() {
    given([]).when(Void).then([voided()]);
    given([voided()]).stands_at(Some(PaymentState::Voided));
}

#[test]
fn giving_up_before_the_provider_said_waits_for_what_it_says() {
    given([requested()]).when(Void).then([void_requested()]);
    given([requested(), unknown()])
        .when(Void)
        .then([void_requested()]);
    given([requested(), void_requested()]).stands_at(Some(PaymentState::Voiding));
}

#[test]
fn a_no_after_giving_up_is_void() {
    given([requested(), void_requested()])
        .when(record_declined())
        .then([voided()]);
}

#[test]
fn a_yes_after_giving_up_is_recorded_and_all_of_it_called_back() {
    given([requested(), void_requested()])
        .when(record_approved())
        .then([approved(), given_up_refund(1, PRICE)]);
}

#[test]
fn a_yes_after_the_void_was_final_is_recorded_and_called_back() {
    given([requested(), void_requested(), voided()])
        .when(record_approved())
        .then([approved(), given_up_refund(1, PRICE)]);
}

#[test]
fn giving_up_after_the_capture_calls_all_of_it_back() {
    given([requested(), approved()])
        .when(Void)
        .then([given_up_refund(1, PRICE)]);
}

#[test]
fn giving_up_after_a_part_went_back_calls_the_rest_back() {
    given([requested(), approved(), refund_requested(1, 2_000)])
        .when(Void)
        .then([given_up_refund(2, 7_000)]);
}

#[test]
fn giving_up_after_a_decline_is_void_at_once() {
    given([requested(), declined()]).when(Void).then([voided()]);
}

#[test]
fn giving_up_twice_changes_nothing() {
    for facts in [
        vec![voided()],
        vec![requested(), void_requested()],
        vec![requested(), void_requested(), voided()],
        vec![requested(), approved(), given_up_refund(1, PRICE)],
        vec![
            requested(),
            approved(),
            given_up_refund(1, PRICE),
            refunded(1, PRICE, true),
        ],
    ] {
        given(facts).when(Void).then_nothing_new();
    }
}
