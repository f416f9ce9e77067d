use delivery_domain::{DeliveryCommand, DeliveryRejection};
use kernel::Aggregate;

use crate::{BY_HAND, BY_ITSELF, assign, assigned, completed, given, request, requested, started};

#[test]
fn what_is_asked_for_waits_for_its_courier_where_one_is_needed() {
    let delivery = given(&[]);
    assert_eq!(delivery.decide(request(BY_HAND)), Ok(vec![requested()]));
}

#[test]
fn what_sets_out_by_itself_sets_out_with_the_request() {
    let delivery = given(&[]);
    assert_eq!(delivery.decide(request(BY_ITSELF)), Ok(vec![requested(), started(1)]));
}

#[test]
fn what_sets_out_by_itself_but_needs_a_courier_sets_out_with_them() {
    let routine = delivery_domain::Routine { needs_courier: true, ..BY_ITSELF };
    assert_eq!(given(&[]).decide(request(routine)), Ok(vec![requested()]));
    assert_eq!(given(&[requested()]).decide(assign(routine)), Ok(vec![assigned(), started(1)]));
}

#[test]
fn a_delivery_is_requested_once() {
    assert_eq!(given(&[requested()]).decide(request(BY_HAND)), Ok(vec![]));
}

#[test]
fn it_does_not_set_out_without_its_courier() {
    let start = DeliveryCommand::Start { routine: BY_HAND };
    assert_eq!(given(&[requested()]).decide(start), Err(DeliveryRejection::NoCourier));
}

#[test]
fn another_courier_may_take_it_until_it_sets_out() {
    assert_eq!(given(&[requested(), assigned()]).decide(assign(BY_HAND)), Ok(vec![assigned()]));
    let on_its_way = given(&[requested(), assigned(), started(1)]);
    assert!(matches!(on_its_way.decide(assign(BY_HAND)), Err(DeliveryRejection::TooLate { .. })));
}

#[test]
fn it_is_assigned_started_and_completed_by_hand() {
    let mut facts = vec![requested(), assigned()];
    assert_eq!(given(&facts).decide(DeliveryCommand::Start { routine: BY_HAND }), Ok(vec![started(1)]));
    facts.push(started(1));
    assert_eq!(given(&facts).decide(DeliveryCommand::Complete), Ok(vec![completed()]));
}

#[test]
fn steps_that_were_taken_before_change_nothing() {
    let on_its_way = [requested(), assigned(), started(1)];
    assert_eq!(given(&on_its_way).decide(DeliveryCommand::Start { routine: BY_HAND }), Ok(vec![]));
    let there = [requested(), assigned(), started(1), completed()];
    assert_eq!(given(&there).decide(DeliveryCommand::Complete), Ok(vec![]));
}

#[test]
fn what_was_on_its_way_for_long_counts_as_delivered() {
    let delivery = given(&[requested(), started(1)]);
    let said = delivery.decide(DeliveryCommand::CountAsDelivered { attempt: 1 }).unwrap();
    assert!(matches!(&said[..], [delivery_contract::DeliveryEvent::Completed(done)] if done.by_itself));
}

#[test]
fn the_time_of_an_earlier_attempt_counts_nothing_as_delivered() {
    let delivery = given(&[requested(), started(1), crate::failed(1), crate::retried(), started(2)]);
    assert_eq!(delivery.decide(DeliveryCommand::CountAsDelivered { attempt: 1 }), Ok(vec![]));
}
