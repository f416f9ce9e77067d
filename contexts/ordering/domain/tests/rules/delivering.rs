//! Delivery: an order that a courier brings asks for it once it is made, and follows its way.

use catalog_contract::{Completes, Stage};
use ordering_contract::{
    CancelReason, DeliveryAddress, OrderDeliveredV1, OrderDeliveryRequestedV1, OrderDeliveryStartedV1,
    OrderEvent, OrderState,
};
use ordering_domain::{OrderCommand, Rejection};

use crate::dialogue::*;

const AT_THE_DOOR: Completes = Completes::AtStage { stage: Stage::Delivered };

fn standing_and(facts: impl IntoIterator<Item = OrderEvent>) -> Vec<OrderEvent> {
    [placed(courier()), paid(), confirmed()].into_iter().chain(facts).collect()
}

fn asked() -> OrderEvent {
    let personal = kernel::Personal::new(DeliveryAddress::default());
    OrderEvent::DeliveryRequested(OrderDeliveryRequestedV1 {
        life: "courier".into(),
        call_number: 7,
        lines: lines(),
        wanted_at: None,
        personal,
    })
}

fn on_its_way() -> OrderEvent {
    OrderEvent::DeliveryStarted(OrderDeliveryStartedV1 {})
}

fn delivered() -> OrderEvent {
    OrderEvent::Delivered(OrderDeliveredV1 {})
}

fn returned(refund: bool) -> OrderCommand {
    OrderCommand::NoteReturned { reason: "nobody at home".to_owned(), refund }
}

#[test]
fn an_order_that_is_made_asks_to_be_brought_and_is_not_complete_yet() {
    let facts = standing_and([accepted(), started()]);
    given(facts).when(note_prepared(AT_THE_DOOR)).then([prepared(), asked()]);
}

#[test]
fn a_wish_that_the_kitchen_passed_on_is_told_again_behind_the_request() {
    let wished = cancel_requested(CancelReason::ByCustomer);
    let facts = standing_and([started(), wished.clone()]);
    given(facts).when(note_prepared(BY_HAND)).then([prepared(), asked(), wished]);
}

#[test]
fn an_order_follows_its_courier_step_by_step() {
    let made = standing_and([prepared(), asked()]);
    given(made).when(OrderCommand::NoteDeliveryStarted).then([on_its_way()]);
    let brought = OrderCommand::NoteDelivered { completes: BY_HAND };
    given(standing_and([prepared(), on_its_way()])).when(brought).then([delivered()]);
    let at_once = OrderCommand::NoteDelivered { completes: AT_THE_DOOR };
    given(standing_and([prepared(), on_its_way()])).when(at_once).then([delivered(), completed()]);
}

#[test]
fn another_attempt_does_not_set_out_twice() {
    let facts = standing_and([prepared(), on_its_way()]);
    given(facts).when(OrderCommand::NoteDeliveryStarted).then_nothing_new();
}

#[test]
fn an_order_on_its_way_may_be_cancelled_as_far_as_the_rule_lets_whoever_wishes() {
    let rule = courier().cancel;
    let cancel = |reason| OrderCommand::Cancel { wish: wish(reason), rule: rule.clone() };
    let way = standing_and([prepared(), on_its_way()]);
    given(way.clone())
        .when(cancel(CancelReason::ByCustomer))
        .then([cancel_requested(CancelReason::ByCustomer)]);
    let there = [way, vec![delivered()]].concat();
    given(there.clone())
        .when(cancel(CancelReason::ByStaff))
        .then_refused(Rejection::TooLate(OrderState::Delivered));
    given(there).when(cancel(CancelReason::ByCustomer)).then([cancel_requested(CancelReason::ByCustomer)]);
}

#[test]
fn what_delivery_lets_go_is_cancelled_and_its_money_called_back() {
    let facts = standing_and([prepared(), on_its_way(), cancel_requested(CancelReason::ByCustomer)]);
    given(facts)
        .when(OrderCommand::NoteReleased)
        .then([cancelled_as_wished(CancelReason::ByCustomer, &MONEY)]);
}

#[test]
fn what_comes_back_is_cancelled_and_its_money_goes_back_where_the_shop_says_so() {
    let reason = CancelReason::DeliveryFailed;
    for (refund, calls_back) in [(true, &MONEY), (false, &NOTHING)] {
        let facts = standing_and([prepared(), on_its_way()]);
        given(facts).when(returned(refund)).then([cancelled(reason, Some("nobody at home"), calls_back)]);
    }
}

#[test]
fn time_closes_only_what_is_delivered_and_waits_for_the_answer_to_a_wish() {
    let way = standing_and([prepared(), on_its_way()]);
    given(way.clone())
        .when(OrderCommand::Complete)
        .then_refused(Rejection::Ended(OrderState::DeliveryStarted));
    let there = [way, vec![delivered()]].concat();
    given(there.clone()).when(OrderCommand::Complete).then([completed()]);
    let wished = [there, vec![cancel_requested(CancelReason::ByCustomer)]].concat();
    given(wished).when(OrderCommand::Complete).then_refused(Rejection::Asked(OrderState::Delivered));
}

#[test]
fn what_is_complete_neither_comes_back_nor_is_let_go() {
    for fact in [returned(true), OrderCommand::NoteReleased] {
        given(standing_and([prepared(), on_its_way(), delivered(), completed()]))
            .when(fact)
            .then_nothing_new();
    }
}
