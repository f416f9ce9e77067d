//! Ending: an order ends once, and after that only its money may come back.

use ordering_contract::{CancelReason, OrderEvent, OrderState, RefusalReason};
use ordering_domain::{OrderCommand, Rejection};

use crate::dialogue::*;

#[test]
fn an_order_that_is_made_is_completed_when_it_is_handed_over() {
    given(standing_and([prepared()])).when(OrderCommand::Complete).then([completed()]);
}

#[test]
fn an_order_is_completed_once() {
    given(standing_and([prepared(), completed()])).when(OrderCommand::Complete).then_nothing_new();
}

#[test]
fn an_order_that_is_not_made_yet_is_not_completed() {
    let refusal = Rejection::Ended(OrderState::Started);
    given(standing_and([started()])).when(OrderCommand::Complete).then_refused(refusal);
    given([placed(cafe())]).when(OrderCommand::Complete).then_refused(Rejection::Ended(OrderState::Placed));
}

#[test]
fn an_order_that_ended_otherwise_is_not_completed() {
    let refusal = Rejection::Ended(OrderState::Cancelled);
    given(standing_and([cancelled(CancelReason::ByStaff, None, &MONEY)]))
        .when(OrderCommand::Complete)
        .then_refused(refusal);
}

#[test]
fn an_order_that_nobody_placed_cannot_be_completed() {
    given([]).when(OrderCommand::Complete).then_refused(Rejection::Unknown);
}

#[test]
fn completed_cancelled_and_refused_are_ends() {
    for facts in ends() {
        given(facts).has_ended(true);
    }
    for facts in [vec![], standing(), standing_and([prepared()])] {
        given(facts).has_ended(false);
    }
}

#[test]
fn nothing_that_neighbours_say_changes_an_order_that_has_ended() {
    let neighbours = [
        note_paid(),
        note_declined(),
        note_reserved(cafe()),
        note_short(cafe()),
        note_rejected(),
        note_prepared(BY_HAND),
        OrderCommand::NoteAccepted,
        OrderCommand::NoteStarted,
        OrderCommand::NoteReleased,
        OrderCommand::NoteCancelDenied,
        OrderCommand::NoteVoided,
        OrderCommand::AbandonPayment,
        OrderCommand::Expire,
    ];
    for facts in ends() {
        for fact in &neighbours {
            given(facts.clone()).when(fact.clone()).then_nothing_new();
        }
    }
}

fn ends() -> [Vec<OrderEvent>; 3] {
    [
        standing_and([prepared(), completed()]),
        standing_and([cancelled(CancelReason::ByStaff, None, &MONEY)]),
        vec![placed(cafe()), refused(RefusalReason::PaymentDeclined, None, false)],
    ]
}
