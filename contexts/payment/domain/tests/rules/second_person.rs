//! What one person gives back alone, and what needs a second one.

use payment_contract::PaymentEvent;
use payment_domain::Rejection;

use crate::dialogue::*;

fn paid_and(more: impl IntoIterator<Item = PaymentEvent>) -> Vec<PaymentEvent> {
    [requested(), approved()].into_iter().chain(more).collect()
}

#[test]
fn up_to_the_limit_one_person_is_enough() {
    let alone = refund_within(Some(won(2_000)), Some(2_000), "staff:kim");
    given(paid_and([])).when(alone).then([refund_requested(1, 2_000)]);
}

#[test]
fn beyond_the_limit_it_is_proposed_and_nothing_goes_back() {
    let more = refund_within(Some(won(2_001)), Some(2_000), "staff:kim");
    given(paid_and([])).when(more).then([refund_proposed(1, 2_001)]);
}

#[test]
fn all_that_is_left_is_measured_by_its_amount() {
    let all = refund_within(None, Some(PRICE - 1), "staff:kim");
    given(paid_and([])).when(all).then([refund_proposed(1, PRICE)]);
}

#[test]
fn small_steps_count_together() {
    let one_more = refund_within(Some(won(1)), Some(2_000), "staff:kim");
    given(paid_and([refund_requested(1, 2_000)])).when(one_more).then([refund_proposed(1, 1)]);
}

#[test]
fn somebody_else_confirms_it() {
    let waiting = paid_and([refund_proposed(1, 5_000)]);
    given(waiting).when(confirm(1, "manager:lee")).then([confirmed_refund(1, 1, 5_000)]);
}

#[test]
fn whoever_proposed_it_cannot_confirm_it() {
    let waiting = paid_and([refund_proposed(1, 5_000)]);
    given(waiting).when(confirm(1, "staff:kim")).then_refused(Rejection::SecondPersonNeeded);
}

#[test]
fn it_is_confirmed_once() {
    let confirmed = paid_and([refund_proposed(1, 5_000), confirmed_refund(1, 1, 5_000)]);
    let refusal = Rejection::NoSuchProposal { proposal: 1 };
    given(confirmed).when(confirm(1, "manager:lee")).then_refused(refusal);
}

#[test]
fn a_confirmed_one_does_not_count_against_what_is_given_alone() {
    let confirmed = paid_and([refund_proposed(1, 5_000), confirmed_refund(1, 1, 5_000)]);
    let alone = refund_within(Some(won(2_000)), Some(2_000), "staff:kim");
    given(confirmed).when(alone).then([refund_requested(2, 2_000)]);
}

#[test]
fn never_more_than_was_captured_even_confirmed() {
    let facts = paid_and([refund_proposed(1, 5_000), refund_requested(1, 6_000)]);
    let refusal = Rejection::MoreThanLeft { left: won(PRICE - 6_000) };
    given(facts).when(confirm(1, "manager:lee")).then_refused(refusal);
}

#[test]
fn proposals_are_numbered_on() {
    let confirmed = paid_and([refund_proposed(1, 5_000), confirmed_refund(1, 1, 5_000)]);
    let another = refund_within(Some(won(3_000)), Some(2_000), "staff:kim");
    given(confirmed).when(another).then([refund_proposed(2, 3_000)]);
}

#[test]
fn whoever_proposed_it_takes_it_back_and_nothing_is_left_to_confirm() {
    let waiting = paid_and([refund_proposed(1, 5_000)]);
    given(waiting.clone())
        .when(withdraw(1, "staff:kim", false))
        .then([refund_withdrawn(1, Some("staff:kim"))]);
    let withdrawn = waiting.into_iter().chain([refund_withdrawn(1, Some("staff:kim"))]);
    let refusal = Rejection::NoSuchProposal { proposal: 1 };
    given(withdrawn.collect::<Vec<_>>()).when(confirm(1, "manager:lee")).then_refused(refusal);
}

#[test]
fn somebody_else_takes_it_back_only_as_a_manager() {
    let waiting = paid_and([refund_proposed(1, 5_000)]);
    given(waiting.clone()).when(withdraw(1, "staff:choi", false)).then_refused(Rejection::NotTheProposer);
    let by_manager = refund_withdrawn(1, Some("manager:lee"));
    given(waiting).when(withdraw(1, "manager:lee", true)).then([by_manager]);
}

#[test]
fn what_is_confirmed_cannot_be_taken_back() {
    let confirmed = paid_and([refund_proposed(1, 5_000), confirmed_refund(1, 1, 5_000)]);
    let refusal = Rejection::NoSuchProposal { proposal: 1 };
    given(confirmed).when(withdraw(1, "staff:kim", false)).then_refused(refusal);
}

#[test]
fn what_nobody_confirms_in_time_is_withdrawn_by_nobody() {
    given(paid_and([refund_proposed(1, 5_000)])).when(expire(1)).then([refund_withdrawn(1, None)]);
}

#[test]
fn time_that_is_over_after_an_answer_changes_nothing() {
    let confirmed = paid_and([refund_proposed(1, 5_000), confirmed_refund(1, 1, 5_000)]);
    given(confirmed).when(expire(1)).then([]);
    given(paid_and([refund_proposed(1, 5_000), refund_withdrawn(1, None)])).when(expire(1)).then([]);
}
