//! Asking for an order's money.

use kernel::{Currency, Money};
use payment_contract::PaymentState;
use payment_domain::Rejection;

use crate::dialogue::*;

#[test]
fn a_payment_is_asked_for_with_a_key_made_of_order_and_attempt() {
    given([]).when(request()).then([requested()]);
}

#[test]
fn nobody_asked_has_no_state_and_asked_is_requested() {
    given([]).stands_at(None);
    given([requested()]).stands_at(Some(PaymentState::Requested));
}

#[test]
fn asking_again_for_the_same_changes_nothing_whatever_became_of_it() {
    for facts in [
        vec![requested()],
        vec![requested(), unknown()],
        vec![requested(), approved()],
        vec![requested(), declined()],
        vec![requested(), void_requested()],
        vec![requested(), void_requested(), voided()],
        vec![requested(), approved(), refund_requested(1, PRICE), refunded(1, PRICE, true)],
    ] {
        given(facts).when(request()).then_nothing_new();
    }
}

#[test]
fn a_request_after_the_order_gave_up_moves_nothing() {
    given([voided()]).when(request()).then_nothing_new();
}

#[test]
fn another_amount_for_the_same_order_is_refused() {
    given([requested()])
        .when(request_of(won(PRICE + 1), "tok_approve"))
        .then_refused(Rejection::AskedDifferently { asked: won(PRICE) });
}

#[test]
fn another_currency_for_the_same_order_is_refused() {
    let euro = Money::new(PRICE, Currency::parse("EUR").unwrap());

    given([requested(), approved()])
        .when(request_of(euro, "tok_approve"))
        .then_refused(Rejection::AskedDifferently { asked: won(PRICE) });
}

#[test]
fn another_method_for_the_same_order_is_refused_even_after_a_decline() {
    given([requested(), declined()])
        .when(request_of(won(PRICE), "tok_other"))
        .then_refused(Rejection::AskedDifferently { asked: won(PRICE) });
}

#[test]
fn nothing_and_less_than_nothing_cannot_be_asked_for() {
    for amount in [0, -1, i64::MIN] {
        given([]).when(request_of(won(amount), "tok_approve")).then_refused(Rejection::NotPositive);
    }
}
