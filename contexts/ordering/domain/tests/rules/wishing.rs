//! A step that is wished while whoever decides it cannot be asked: kept, told, and told again where it
//! could not be taken yet.

use ordering_contract::{
    CancelReason, DeliveryAddress, OrderDeliveryRequestedV1, OrderDeliveryStartedV1, OrderEvent, OrderState,
    OrderStepWishedV1, WishedStep,
};
use ordering_domain::{OrderCommand, Rejection};

use crate::dialogue::*;

fn wish_step(step: WishedStep) -> OrderCommand {
    OrderCommand::WishStep { step }
}

fn wished(step: WishedStep) -> OrderEvent {
    OrderEvent::StepWished(OrderStepWishedV1 { step })
}

fn delivery_requested() -> OrderEvent {
    OrderEvent::DeliveryRequested(OrderDeliveryRequestedV1 {
        life: courier().key.as_str().into(),
        call_number: 7,
        lines: lines(),
        wanted_at: None,
        personal: kernel::Personal::new(DeliveryAddress::default()),
    })
}

#[test]
fn a_step_that_is_still_to_come_is_kept_once() {
    given(standing()).when(wish_step(WishedStep::Accept)).then([wished(WishedStep::Accept)]);
    let kept = standing_and([wished(WishedStep::Accept)]);
    given(kept.clone()).when(wish_step(WishedStep::Accept)).then_nothing_new();
    given(kept).when(wish_step(WishedStep::Start)).then([wished(WishedStep::Start)]);
}

#[test]
fn a_step_that_was_taken_is_not_wished() {
    let begun = standing_and([accepted(), started()]);
    for step in [WishedStep::ApprovePayment, WishedStep::Accept, WishedStep::Start] {
        given(begun.clone()).when(wish_step(step)).then_nothing_new();
    }
    given(begun).when(wish_step(WishedStep::Complete)).then([wished(WishedStep::Complete)]);
}

#[test]
fn an_order_that_waits_for_its_money_keeps_the_customer_s_approval_and_nothing_else() {
    let waits = [placed(restaurant()), reserved()];
    let approval = wish_step(WishedStep::ApprovePayment);
    given(waits.clone()).when(approval.clone()).then([wished(WishedStep::ApprovePayment)]);
    let kept = waits.clone().into_iter().chain([wished(WishedStep::ApprovePayment)]);
    given(kept).when(approval).then_nothing_new();
    let too_early = Rejection::TooEarly(OrderState::Placed);
    given(waits).when(wish_step(WishedStep::Accept)).then_refused(too_early);
}

#[test]
fn an_approval_is_told_again_once_the_payment_awaits_it() {
    let waits = [placed(restaurant()), reserved()];
    given(waits.clone()).when(OrderCommand::NoteAwaited).then_nothing_new();
    let kept = waits.into_iter().chain([wished(WishedStep::ApprovePayment)]);
    given(kept).when(OrderCommand::NoteAwaited).then([wished(WishedStep::ApprovePayment)]);
}

#[test]
fn steps_of_a_delivery_are_told_again_behind_the_request_to_bring_it() {
    let kept = [
        placed(courier()),
        paid(),
        confirmed(),
        wished(WishedStep::CompleteDelivery),
        wished(WishedStep::StartDelivery),
        wished(WishedStep::Complete),
    ];
    let told = [wished(WishedStep::StartDelivery), wished(WishedStep::CompleteDelivery)];
    given(kept).when(note_prepared(BY_HAND)).then_ends_with(told);
}

#[test]
fn nothing_is_wished_of_a_delivery_that_there_is_none_of() {
    given(standing()).when(wish_step(WishedStep::StartDelivery)).then_refused(Rejection::BroughtNowhere);
    let on_its_way = OrderEvent::DeliveryStarted(OrderDeliveryStartedV1 {});
    let brought = [placed(courier()), paid(), confirmed(), prepared(), delivery_requested(), on_its_way];
    given(brought.clone()).when(wish_step(WishedStep::StartDelivery)).then_nothing_new();
    let complete = WishedStep::CompleteDelivery;
    given(brought).when(wish_step(complete)).then([wished(complete)]);
}

#[test]
fn nothing_is_wished_of_an_order_that_has_ended_or_never_stood() {
    let cancelled = standing_and([cancelled_as_wished(CancelReason::ByCustomer, &MONEY)]);
    let ended = Rejection::Ended(OrderState::Cancelled);
    given(cancelled).when(wish_step(WishedStep::Accept)).then_refused(ended);
    given([]).when(wish_step(WishedStep::Accept)).then_refused(Rejection::Unknown);
    let complete = standing_and([accepted(), started(), prepared(), completed()]);
    given(complete).when(wish_step(WishedStep::HandOver)).then_nothing_new();
}

#[test]
fn a_wish_moves_the_order_nowhere() {
    given(standing_and([wished(WishedStep::Accept)])).stands_at(OrderState::Confirmed);
}
