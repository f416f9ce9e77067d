//! What the provider will not give back: said once, and settled by the shop's own hands.

use kernel::Aggregate;
use payment_contract::{PaidWith, PaymentEvent, PaymentState};
use payment_domain::{Payment, Rejection};

use crate::dialogue::*;

fn refunding(more: impl IntoIterator<Item = PaymentEvent>) -> Vec<PaymentEvent> {
    [requested(), approved(), cancelled_refund(1, PRICE)].into_iter().chain(more).collect()
}

#[test]
fn a_refund_that_the_provider_will_not_give_is_said_so_once() {
    given(refunding([])).when(record_impossible(1)).then([refund_impossible(1, PRICE)]);
    given(refunding([refund_impossible(1, PRICE)])).when(record_impossible(1)).then([]);
    given(refunding([refund_impossible(1, PRICE)])).stands_at(Some(PaymentState::RefundImpossible));
}

#[test]
fn the_shop_gives_it_back_itself() {
    let impossible = refunding([refund_impossible(1, PRICE)]);
    given(impossible).when(settle_by_hand(1)).then([refunded_by_hand(1, PRICE, true)]);
    let settled = refunding([refund_impossible(1, PRICE), refunded_by_hand(1, PRICE, true)]);
    given(settled.clone()).when(settle_by_hand(1)).then([]);
    given(settled).stands_at(Some(PaymentState::Refunded));
}

#[test]
fn what_a_deposit_had_paid_is_given_by_hand_out_of_an_account_of_its_own() {
    let from_the_deposit = [request_of(won(PRICE), "deposit"), record_approved(), cancel()];
    let commands = from_the_deposit.into_iter().chain([record_impossible(1), settle_by_hand(1)]);
    let (_, facts) = commands.fold((Payment::default(), Vec::new()), |(payment, mut facts), command| {
        let decided = payment.decide(command).unwrap();
        let payment = decided.iter().fold(payment, Payment::evolve);
        facts.extend(decided);
        (payment, facts)
    });
    let Some(PaymentEvent::Refunded(refunded)) = facts.last() else { panic!("{facts:?}") };
    let accounts: Vec<&str> = refunded.postings.iter().map(|posting| posting.account.as_str()).collect();
    assert_eq!(accounts, ["shop/cafe", "deposit-given-by-hand"]);
    assert_eq!(PaidWith::of(&refunded.postings), PaidWith::Deposit);
}

#[test]
fn nothing_is_given_by_hand_while_the_provider_may_still_give_it() {
    given(refunding([])).when(settle_by_hand(1)).then_refused(Rejection::NotImpossible { step: 1 });
    given(refunding([])).when(settle_by_hand(2)).then_refused(Rejection::NoSuchRefund { step: 2 });
    given([requested()]).when(record_impossible(1)).then_refused(Rejection::NoSuchRefund { step: 1 });
}

#[test]
fn a_provider_that_gives_it_back_after_all_is_believed() {
    given(refunding([refund_impossible(1, PRICE)])).when(record_refunded(1)).then([refunded(1, PRICE, true)]);
}

#[test]
fn what_is_back_is_not_impossible() {
    given(refunding([refunded(1, PRICE, true)])).when(record_impossible(1)).then([]);
}

#[test]
fn another_part_that_is_on_its_way_is_what_the_payment_waits_for() {
    let facts = [requested(), approved(), refund_requested(1, 1_000), refund_requested(2, 1_000)];
    let facts = facts.into_iter().chain([refund_impossible(1, 1_000)]).collect::<Vec<_>>();
    given(facts).stands_at(Some(PaymentState::Refunding));
}
