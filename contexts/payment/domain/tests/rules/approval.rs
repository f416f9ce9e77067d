//! The customer approves a payment as a step of their own.

use payment_contract::PaymentState;
use payment_domain::Rejection;

use crate::dialogue::*;

#[test]
fn asking_for_an_approval_waits_for_the_customer() {
    given([]).when(request_approval()).then([awaited()]);
    given([awaited()]).stands_at(Some(PaymentState::WaitingForApproval));
}

#[test]
fn asking_again_changes_nothing() {
    given([awaited()]).when(request_approval()).then_nothing_new();
}

#[test]
fn approving_asks_the_provider() {
    given([awaited()]).when(approve(None)).then([requested()]);
}

#[test]
fn approving_again_with_the_same_method_changes_nothing() {
    given([awaited(), requested()]).when(approve(None)).then_nothing_new();
    given([awaited(), requested()]).when(approve(Some("tok_other"))).then_refused(Rejection::NotAwaited);
}

#[test]
fn a_decline_waits_for_another_attempt() {
    given([awaited(), requested()]).when(record_declined()).then([attempt_declined()]);
    given([awaited(), requested(), attempt_declined()]).stands_at(Some(PaymentState::WaitingForApproval));
}

#[test]
fn an_order_that_ends_voids_what_waits() {
    given([awaited()]).when(cancel()).then([voided()]);
    given([awaited(), voided()]).when(approve(None)).then_refused(Rejection::NotAwaited);
}

#[test]
fn the_customer_may_call_it_off_while_it_waits_only() {
    given([awaited()]).when(call_off()).then([voided()]);
    given([awaited(), voided()]).when(call_off()).then_nothing_new();
    given([awaited(), requested()]).when(call_off()).then_refused(Rejection::NotAwaited);
    given([requested()]).when(call_off()).then_refused(Rejection::NotAwaited);
}
