//! What the provider said, or did not say.

use payment_contract::PaymentState;
use payment_domain::Rejection;

use crate::dialogue::*;

#[test]
fn a_yes_captures_the_money_with_its_double_entry() {
    given([requested()]).when(record_approved()).then([approved()]);
    given([requested(), approved()]).stands_at(Some(PaymentState::Approved));
}

#[test]
fn a_no_moves_nothing() {
    given([requested()]).when(record_declined()).then([declined()]);
    given([requested(), declined()]).stands_at(Some(PaymentState::Declined));
}

#[test]
fn silence_is_unknown_and_never_a_decline() {
    given([requested()]).when(record_unknown()).then([unknown()]);
    given([requested(), unknown()]).stands_at(Some(PaymentState::Unknown));
}

#[test]
fn silence_again_is_no_news() {
    given([requested(), unknown()]).when(record_unknown()).then_nothing_new();
}

#[test]
fn an_answer_after_silence_is_taken() {
    given([requested(), unknown()]).when(record_approved()).then([approved()]);
    given([requested(), unknown()]).when(record_declined()).then([declined()]);
}

#[test]
fn a_second_yes_captures_nothing_more() {
    given([requested(), approved()]).when(record_approved()).then_nothing_new();
    given([requested(), approved(), refund_requested(1, PRICE)]).when(record_approved()).then_nothing_new();
}

#[test]
fn a_second_no_is_no_news() {
    given([requested(), declined()]).when(record_declined()).then_nothing_new();
    given([requested(), void_requested(), voided()]).when(record_declined()).then_nothing_new();
}

#[test]
fn a_no_after_a_yes_is_refused_since_the_money_moved() {
    given([requested(), approved()]).when(record_declined()).then_refused(Rejection::AlreadyCaptured);
}

#[test]
fn a_yes_after_a_no_is_recorded_and_called_back() {
    given([requested(), declined()]).when(record_approved()).then([approved(), abandoned_refund(1, PRICE)]);
}

#[test]
fn silence_after_an_answer_changes_nothing() {
    for facts in [
        vec![requested(), approved()],
        vec![requested(), declined()],
        vec![requested(), void_requested()],
        vec![requested(), void_requested(), voided()],
    ] {
        given(facts).when(record_unknown()).then_nothing_new();
    }
}

#[test]
fn an_outcome_that_nobody_asked_for_is_refused() {
    for command in [record_approved(), record_declined(), record_unknown()] {
        given([]).when(command).then_refused(Rejection::NeverAsked);
    }
    given([voided()]).when(record_approved()).then_refused(Rejection::NeverAsked);
}
