use catalog_contract::Stage;
use delivery_contract::DeliveryEvent;
use delivery_domain::{DeliveryCommand, DeliveryRejection, Routine};
use kernel::Aggregate;

use crate::{
    BY_HAND, BY_ITSELF, assigned, completed, denied, failed, given, released, requested, retried, returned,
    started,
};

fn cancel(facts: &[DeliveryEvent], before: Stage, routine: Routine) -> Vec<DeliveryEvent> {
    given(facts).decide(DeliveryCommand::Release { before, routine }).unwrap()
}

#[test]
fn a_cancel_before_the_delivery_is_the_kitchens_to_answer() {
    assert_eq!(cancel(&[], Stage::Delivered, BY_HAND), []);
}

#[test]
fn what_has_not_set_out_is_released_where_the_rule_reaches_that_far() {
    for facts in [vec![requested()], vec![requested(), assigned()]] {
        assert_eq!(cancel(&facts, Stage::Prepared, BY_HAND), [denied()]);
        assert_eq!(cancel(&facts, Stage::DeliveryStarted, BY_HAND), [released()]);
    }
}

#[test]
fn what_is_on_its_way_turns_round_only_where_the_rule_includes_it() {
    let facts = [requested(), assigned(), started(1)];
    assert_eq!(cancel(&facts, Stage::DeliveryStarted, BY_HAND), [denied()]);
    assert_eq!(cancel(&facts, Stage::Delivered, BY_HAND), [released()]);
}

#[test]
fn what_set_out_once_has_set_out_although_it_is_back_for_another_attempt() {
    for facts in
        [vec![requested(), started(1), failed(1)], vec![requested(), started(1), failed(1), retried()]]
    {
        assert_eq!(cancel(&facts, Stage::DeliveryStarted, BY_HAND), [denied()]);
        assert_eq!(cancel(&facts, Stage::Delivered, BY_HAND), [released()]);
    }
}

#[test]
fn what_is_delivered_and_complete_stays_whatever_the_rule_says() {
    let facts = [requested(), assigned(), started(1), completed()];
    assert_eq!(cancel(&facts, Stage::Completed, BY_HAND), [denied()]);
}

#[test]
fn what_is_delivered_comes_back_until_the_order_is_complete() {
    let facts = [requested(), started(1), completed()];
    assert_eq!(cancel(&facts, Stage::Delivered, BY_ITSELF), [denied()]);
    assert_eq!(cancel(&facts, Stage::Completed, BY_ITSELF), [released()]);
}

#[test]
fn what_came_back_or_was_let_go_is_not_let_go_again() {
    for end in [returned(true), released()] {
        assert_eq!(cancel(&[requested(), started(1), end], Stage::Completed, BY_HAND), []);
    }
}

#[test]
fn of_a_cancel_and_a_completion_the_first_one_wins() {
    let (cancelled, arrived) =
        ([requested(), started(1), released()], [requested(), started(1), completed()]);
    let complete = given(&cancelled).decide(DeliveryCommand::Complete);
    assert!(matches!(complete, Err(DeliveryRejection::TooLate { .. })));
    assert_eq!(cancel(&arrived, Stage::Delivered, BY_HAND), [denied()]);
}
