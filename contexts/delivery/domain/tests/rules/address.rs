use delivery_contract::{DeliveryAddressChangeDeniedV1, DeliveryAddressChangedV1, DeliveryEvent};
use delivery_domain::DeliveryCommand;
use kernel::{Aggregate, Personal};
use ordering_contract::OrderAddress;

use crate::{
    BY_HAND, BY_ITSELF, assigned, completed, failed, given, released, request, requested, retried, returned,
    started,
};

fn elsewhere() -> Personal<OrderAddress> {
    Personal::new(OrderAddress { address: "2 Sample Street".to_owned() })
}

fn readdress(facts: &[DeliveryEvent]) -> Vec<DeliveryEvent> {
    given(facts).decide(DeliveryCommand::ChangeAddress { personal: elsewhere() }).unwrap()
}

fn changed() -> DeliveryEvent {
    DeliveryEvent::AddressChanged(DeliveryAddressChangedV1 { personal: elsewhere() })
}

fn denied() -> DeliveryEvent {
    DeliveryEvent::AddressChangeDenied(DeliveryAddressChangeDeniedV1 {})
}

#[test]
fn a_change_before_the_delivery_is_orderings_to_decide() {
    assert_eq!(readdress(&[]), []);
}

#[test]
fn what_has_not_set_out_is_brought_elsewhere_as_often_as_it_is_wished() {
    for facts in [vec![requested()], vec![requested(), assigned()], vec![requested(), changed()]] {
        assert_eq!(readdress(&facts), [changed()]);
    }
}

#[test]
fn of_a_change_and_a_start_the_first_one_wins() {
    assert_eq!(readdress(&[requested(), assigned(), started(1)]), [denied()]);
    let start =
        given(&[requested(), assigned(), changed()]).decide(DeliveryCommand::Start { routine: BY_HAND });
    assert_eq!(start.unwrap(), [started(1)]);
}

#[test]
fn what_sets_out_by_itself_leaves_no_time_to_change_it() {
    let facts = given(&[]).decide(request(BY_ITSELF)).unwrap();
    assert_eq!(readdress(&facts), [denied()]);
}

#[test]
fn what_set_out_once_goes_where_it_went_although_it_is_back_for_another_attempt() {
    for facts in [
        vec![requested(), started(1), failed(1)],
        vec![requested(), started(1), failed(1), retried()],
        vec![requested(), started(1), completed()],
    ] {
        assert_eq!(readdress(&facts), [denied()]);
    }
}

#[test]
fn what_came_back_or_was_let_go_is_not_brought_anywhere() {
    for end in [returned(true), released()] {
        assert_eq!(readdress(&[requested(), started(1), end]), []);
    }
}
