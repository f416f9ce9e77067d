use delivery_contract::DeliveryState;
use delivery_domain::{DeliveryCommand, DeliveryRejection, Routine};
use kernel::Aggregate;

use crate::{
    BY_HAND, BY_ITSELF, assigned, completed, fail, failed, given, requested, retried, returned, started,
};

#[test]
fn an_attempt_that_failed_waits_to_be_tried_again() {
    let delivery = given(&[requested(), assigned(), started(1)]);
    assert_eq!(delivery.decide(fail(BY_HAND)), Ok(vec![failed(1)]));
}

#[test]
fn what_is_tried_again_waits_for_its_courier_to_set_out() {
    let delivery = given(&[requested(), assigned(), started(1), failed(1)]);
    let start = DeliveryCommand::Start { routine: BY_HAND };
    assert!(matches!(delivery.decide(start), Err(DeliveryRejection::OutOfTurn { .. })));
    assert_eq!(delivery.decide(DeliveryCommand::Retry { routine: BY_HAND }), Ok(vec![retried()]));
    let again = given(&[requested(), assigned(), started(1), failed(1), retried()]);
    assert_eq!(again.state(), Some(DeliveryState::Assigned));
    assert_eq!(again.decide(DeliveryCommand::Start { routine: BY_HAND }), Ok(vec![started(2)]));
}

#[test]
fn what_sets_out_by_itself_does_so_again() {
    let delivery = given(&[requested(), started(1), failed(1)]);
    let retry = DeliveryCommand::Retry { routine: BY_ITSELF };
    assert_eq!(delivery.decide(retry), Ok(vec![retried(), started(2)]));
}

#[test]
fn the_last_attempt_returns_it_and_says_whether_the_money_goes_back() {
    let facts = [requested(), assigned(), started(1), failed(1), retried(), started(2)];
    assert_eq!(given(&facts).decide(fail(BY_HAND)), Ok(vec![failed(2), returned(true)]));
    let keeps = Routine { refunds_returned: false, ..BY_HAND };
    assert_eq!(given(&facts).decide(fail(keeps)), Ok(vec![failed(2), returned(false)]));
}

#[test]
fn only_what_failed_is_tried_again() {
    for facts in [vec![], vec![requested()], vec![requested(), assigned(), started(1), completed()]] {
        let retry = DeliveryCommand::Retry { routine: BY_HAND };
        assert_eq!(given(&facts).decide(retry), Ok(vec![]));
    }
}

#[test]
fn what_arrived_does_not_fail() {
    let delivery = given(&[requested(), assigned(), started(1), completed()]);
    assert!(matches!(delivery.decide(fail(BY_HAND)), Err(DeliveryRejection::TooLate { .. })));
}
