//! The kitchen: the order follows how far its ticket is.

use catalog_contract::{Completes, Stage};
use ordering_contract::{CancelReason, OrderState};
use ordering_domain::OrderCommand;

use crate::dialogue::*;

#[test]
fn an_order_follows_its_ticket_step_by_step() {
    given(standing()).when(OrderCommand::NoteAccepted).then([accepted()]);
    given(standing_and([accepted()])).when(OrderCommand::NoteStarted).then([started()]);
    given(standing_and([accepted(), started()])).when(note_prepared(BY_HAND)).then([prepared()]);
}

#[test]
fn each_step_counts_once() {
    given(standing_and([accepted()])).when(OrderCommand::NoteAccepted).then_nothing_new();
    given(standing_and([started()])).when(OrderCommand::NoteStarted).then_nothing_new();
    given(standing_and([prepared()])).when(note_prepared(BY_HAND)).then_nothing_new();
}

#[test]
fn a_step_that_comes_late_does_not_take_the_order_back() {
    given(standing_and([started()])).when(OrderCommand::NoteAccepted).then_nothing_new();
    given(standing_and([prepared()])).when(OrderCommand::NoteStarted).then_nothing_new();
}

#[test]
fn an_order_that_does_not_stand_yet_follows_no_ticket() {
    for fact in
        [OrderCommand::NoteAccepted, OrderCommand::NoteStarted, note_prepared(BY_HAND), note_rejected()]
    {
        given([placed(cafe())]).when(fact).then_nothing_new();
    }
}

#[test]
fn an_order_that_the_shop_rejects_is_cancelled_and_its_money_called_back() {
    let facts = [cancelled(CancelReason::RejectedByShop, Some("no milk left"), &MONEY)];
    given(standing()).when(note_rejected()).then(facts);
}

#[test]
fn an_order_that_was_not_paid_is_rejected_without_money_to_give_back() {
    let facts = [cancelled(CancelReason::RejectedByShop, Some("no milk left"), &STOCK)];
    given([placed(kiosk()), reserved(), confirmed()]).when(note_rejected()).then(facts);
}

#[test]
fn an_order_that_is_complete_is_not_rejected_any_more() {
    given(standing_and([prepared(), completed()])).when(note_rejected()).then_nothing_new();
}

#[test]
fn an_order_that_is_done_when_it_is_made_completes_at_once() {
    let at_prepared = Completes::AtStage { stage: Stage::Prepared };
    given(standing_and([started()])).when(note_prepared(at_prepared)).then([prepared(), completed()]);
}

#[test]
fn an_order_that_is_done_later_is_only_prepared() {
    for completes in
        [BY_HAND, Completes::After { millis: 1_000 }, Completes::AtStage { stage: Stage::Delivered }]
    {
        given(standing_and([started()])).when(note_prepared(completes)).then([prepared()]);
    }
}

#[test]
fn an_order_shows_how_far_it_is() {
    given(standing_and([accepted()])).stands_at(OrderState::Accepted);
    given(standing_and([started()])).stands_at(OrderState::Started);
    given(standing_and([prepared()])).stands_at(OrderState::Prepared);
    given(standing_and([prepared(), completed()])).stands_at(OrderState::Completed);
}
