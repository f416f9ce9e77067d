//! Abandoning: nobody waits for the money any longer, and payment says what became of it.

use ordering_contract::{OrderState, RefusalReason};
use ordering_domain::OrderCommand;

use crate::dialogue::*;

#[test]
fn an_order_whose_money_does_not_come_is_abandoned_not_refused() {
    given([placed(cafe())]).when(OrderCommand::AbandonPayment).then([abandoned()]);
}

#[test]
fn an_order_is_abandoned_once() {
    given([placed(cafe()), abandoned()]).when(OrderCommand::AbandonPayment).then_nothing_new();
}

#[test]
fn a_standing_order_is_not_abandoned() {
    given(standing()).when(OrderCommand::AbandonPayment).then_nothing_new();
}

#[test]
fn whatever_payment_says_ends_an_abandoned_order() {
    for fact in [OrderCommand::NoteVoided, note_refunded(), note_declined()] {
        let facts = [refused(RefusalReason::PaymentUnavailable, None, false)];
        given([placed(cafe()), abandoned()]).when(fact).then(facts);
    }
}

#[test]
fn an_abandoned_order_that_is_captured_after_all_waits_for_its_refund() {
    given([placed(cafe()), abandoned()]).when(note_paid()).then_nothing_new();
}

#[test]
fn an_abandoned_order_whose_stock_was_held_blames_payment() {
    let facts = [refused(RefusalReason::PaymentUnavailable, None, true)];
    given([placed(bakery()), reserved(), abandoned()]).when(OrderCommand::NoteVoided).then(facts);
}

#[test]
fn an_abandoned_order_whose_stock_was_silent_blames_stock() {
    let facts = [refused(RefusalReason::StockUnavailable, None, true)];
    given([placed(bakery()), abandoned()]).when(OrderCommand::NoteVoided).then(facts);
}

#[test]
fn stock_and_time_change_nothing_about_an_abandoned_order() {
    for fact in [note_reserved(bakery()), note_short(bakery()), OrderCommand::Expire] {
        given([placed(bakery()), abandoned()]).when(fact).then_nothing_new();
    }
}

#[test]
fn an_order_that_waits_is_not_voided() {
    given([placed(cafe())]).when(OrderCommand::NoteVoided).then_nothing_new();
}

#[test]
fn an_abandoned_order_shows_as_placed_and_has_not_ended() {
    let order = given([placed(cafe()), abandoned()]);
    order.stands_at(OrderState::Placed);
    order.has_ended(false);
}
