//! Giving money back.

use kernel::{Currency, Money};
use payment_contract::PaymentState;
use payment_domain::Rejection;

use crate::dialogue::*;

#[test]
fn a_part_is_called_back_under_a_key_of_its_own() {
    given([requested(), approved()]).when(refund(Some(won(2_000)))).then([refund_requested(1, 2_000)]);
}

#[test]
fn a_second_part_is_the_next_step() {
    given([requested(), approved(), refund_requested(1, 2_000), refunded(1, 2_000, false)])
        .when(refund(Some(won(3_000))))
        .then([refund_requested(2, 3_000)]);
}

#[test]
fn a_refund_without_an_amount_is_all_that_is_left() {
    given([requested(), approved()]).when(refund(None)).then([refund_requested(1, PRICE)]);
    given([requested(), approved(), refund_requested(1, 2_000)])
        .when(refund(None))
        .then([refund_requested(2, 7_000)]);
}

#[test]
fn all_of_it_once_more_changes_nothing() {
    given([requested(), approved(), refund_requested(1, PRICE)]).when(refund(None)).then_nothing_new();
}

#[test]
fn more_than_was_captured_is_refused() {
    given([requested(), approved()])
        .when(refund(Some(won(PRICE + 1))))
        .then_refused(Rejection::MoreThanLeft { left: won(PRICE) });
}

#[test]
fn more_than_is_left_beside_what_is_on_its_way_is_refused() {
    given([requested(), approved(), refund_requested(1, 8_000)])
        .when(refund(Some(won(1_001))))
        .then_refused(Rejection::MoreThanLeft { left: won(1_000) });
}

#[test]
fn nothing_and_less_than_nothing_cannot_go_back() {
    for amount in [0, -1, i64::MIN] {
        given([requested(), approved()]).when(refund(Some(won(amount)))).then_refused(Rejection::NotPositive);
    }
}

#[test]
fn another_currency_cannot_go_back() {
    let euro = Money::new(1, Currency::parse("EUR").unwrap());

    given([requested(), approved()])
        .when(refund(Some(euro)))
        .then_refused(Rejection::OtherCurrency { expected: Currency::KRW });
}

#[test]
fn what_was_not_captured_cannot_go_back() {
    for facts in [
        vec![],
        vec![requested()],
        vec![requested(), unknown()],
        vec![requested(), declined()],
        vec![requested(), void_requested()],
        vec![voided()],
    ] {
        given(facts).when(refund(None)).then_refused(Rejection::NothingCaptured);
    }
}

#[test]
fn money_back_is_recorded_with_its_double_entry() {
    given([requested(), approved(), refund_requested(1, 2_000)])
        .when(record_refunded(1))
        .then([refunded(1, 2_000, false)]);
}

#[test]
fn the_last_of_the_money_back_makes_it_whole_in_whatever_order_it_arrives() {
    let both = [requested(), approved(), refund_requested(1, 2_000), refund_requested(2, 7_000)];

    given(both.clone()).when(record_refunded(2)).then([refunded(2, 7_000, false)]);
    given(both.into_iter().chain([refunded(2, 7_000, false)]))
        .when(record_refunded(1))
        .then([refunded(1, 2_000, true)]);
}

#[test]
fn the_same_money_back_twice_is_no_news() {
    given([requested(), approved(), refund_requested(1, PRICE), refunded(1, PRICE, true)])
        .when(record_refunded(1))
        .then_nothing_new();
}

#[test]
fn money_back_that_nobody_called_back_is_refused() {
    given([requested(), approved()])
        .when(record_refunded(1))
        .then_refused(Rejection::NoSuchRefund { step: 1 });
    given([]).when(record_refunded(1)).then_refused(Rejection::NoSuchRefund { step: 1 });
}

#[test]
fn the_state_tells_how_much_is_back() {
    let mut facts = vec![requested(), approved(), refund_requested(1, 2_000)];
    given(facts.clone()).stands_at(Some(PaymentState::Refunding));

    facts.push(refunded(1, 2_000, false));
    given(facts.clone()).stands_at(Some(PaymentState::PartlyRefunded));

    facts.extend([refund_requested(2, 7_000), refunded(2, 7_000, true)]);
    given(facts).stands_at(Some(PaymentState::Refunded));
}
