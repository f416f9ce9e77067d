//! Whenever ordering says something about an order, then this happens to its delivery.

use delivery_contract::{DeliveryEvent, DeliveryState};
use delivery_service::{DeliveryStep, Step};
use journal::Reader;
use kernel::Timestamp;
use ordering_contract::{CancelReason, OrderDeliveryRequestedV1, OrderEvent, OrderPreparedV1};

use crate::house::{House, PARCELS, PIZZA, asked, command, order_id};

#[test]
fn an_order_that_asks_to_be_brought_has_a_delivery_with_its_number_lines_and_address() {
    let mut house = House::open();
    house.request(PIZZA, 1);
    let delivery = house.delivery(1).unwrap();
    assert_eq!((delivery.number, delivery.call_number, delivery.state), (1, 7, DeliveryState::Requested));
    assert_eq!(delivery.lines[0].name, "pepperoni");
    assert_eq!(delivery.address.as_deref(), Some("1 Sample Street"));
    assert_eq!((delivery.name.as_deref(), delivery.phone.as_deref()), (Some("Mina"), Some("010-0000-0000")));
}

#[test]
fn its_courier_sees_when_an_order_for_later_is_wanted() {
    let mut house = House::open();
    house.request(PIZZA, 1);
    assert_eq!(house.delivery(1).unwrap().wanted_at, None);
    let wanted_at = Some(Timestamp::from_millis(1_800_007_200_000));
    let OrderEvent::DeliveryRequested(now) = asked(PIZZA.into()) else { panic!("it asks") };
    house.tell(PIZZA, 2, OrderEvent::DeliveryRequested(OrderDeliveryRequestedV1 { wanted_at, ..now }));
    house.hear();
    assert_eq!(house.delivery(2).unwrap().wanted_at, wanted_at);
}

#[test]
fn who_and_where_are_kept_apart_from_the_fact() {
    let mut house = House::open();
    house.request(PIZZA, 1);
    let asked = house.processor.journal().load(order_id(1).0, 0).unwrap().remove(0);
    let fact = String::from_utf8(asked.data.clone()).unwrap();
    for personal in ["Mina", "010-0000-0000", "1 Sample Street"] {
        assert!(!fact.contains(personal), "{fact}");
    }
    let DeliveryEvent::Requested(asked) = asked.decode().unwrap() else { panic!("{asked:?}") };
    assert_eq!(asked.personal.reveal().unwrap().name.as_deref(), Some("Mina"));
}

#[test]
fn what_sets_out_by_itself_does_so_in_the_turn_that_asks() {
    let mut house = House::open();
    house.request(PARCELS, 1);
    assert_eq!(house.facts(1), ["delivery-requested.v1", "delivery-started.v1"]);
    let delivery = house.delivery(1).unwrap();
    assert_eq!((delivery.state, delivery.attempts, delivery.version), (DeliveryState::Started, 1, 2));
}

#[test]
fn an_order_that_does_not_ask_has_no_delivery() {
    let mut house = House::open();
    house.tell(PIZZA, 1, OrderEvent::Prepared(OrderPreparedV1 {}));
    house.hear();
    assert_eq!(house.delivery(1), None);
}

#[test]
fn a_cancel_before_the_delivery_passes_by_and_one_behind_it_is_answered() {
    let mut house = House::open();
    house.ask_cancel(PIZZA, 1, CancelReason::ByCustomer);
    assert_eq!(house.hear().parked, 0);
    assert_eq!(house.facts(1), Vec::<String>::new());
    house.request(PIZZA, 1);
    house.ask_cancel(PIZZA, 1, CancelReason::ByCustomer);
    house.hear();
    assert_eq!(house.facts(1), ["delivery-requested.v1", "delivery-released.v1"]);
    assert_eq!(house.delivery(1).unwrap().state, DeliveryState::Released);
}

#[test]
fn an_order_is_brought_elsewhere_until_its_courier_sets_out() {
    let mut house = House::open();
    house.request(PIZZA, 1);
    house.ask_readdress(PIZZA, 1, "2 Sample Street");
    house.hear();
    let delivery = house.delivery(1).unwrap();
    assert_eq!(delivery.address.as_deref(), Some("2 Sample Street"));
    assert_eq!((delivery.name.as_deref(), delivery.version), (Some("Mina"), 2));
    house.take(PIZZA, 1, Step::Assign { courier: "lee".to_owned() }).unwrap();
    house.take(PIZZA, 1, Step::Start).unwrap();
    house.ask_readdress(PIZZA, 1, "3 Sample Street");
    house.hear();
    assert_eq!(house.facts(1).last().unwrap(), "delivery-address-change-denied.v1");
    assert_eq!(house.delivery(1).unwrap().address.as_deref(), Some("2 Sample Street"));
    let changed = house.processor.journal().load(order_id(1).0, 0).unwrap().remove(1);
    assert!(!String::from_utf8(changed.data.clone()).unwrap().contains("Sample Street"));
}

#[test]
fn a_step_that_is_repeated_shows_the_address_that_it_showed_first() {
    let mut house = House::open();
    house.request(PIZZA, 1);
    let key = delivery_service::KeyUse { scope: [1; 16], body_hash: [2; 16] };
    let assign =
        || DeliveryStep { key: Some(key), ..command(PIZZA, 1, Step::Assign { courier: "lee".to_owned() }) };
    let first = house.command(assign()).unwrap();
    house.ask_readdress(PIZZA, 1, "2 Sample Street");
    house.hear();
    assert_eq!(house.command(assign()).unwrap(), first);
    assert_eq!(house.delivery(1).unwrap().address.as_deref(), Some("2 Sample Street"));
}

#[test]
fn customers_and_staff_have_their_own_last_moment() {
    for (order, reason, end) in [
        (1, CancelReason::ByStaff, "delivery-cancel-denied.v1"),
        (2, CancelReason::ByCustomer, "delivery-released.v1"),
    ] {
        let mut house = House::open();
        house.request(PIZZA, order);
        house.take(PIZZA, order, Step::Assign { courier: "lee".to_owned() }).unwrap();
        house.take(PIZZA, order, Step::Start).unwrap();
        house.ask_cancel(PIZZA, order, reason);
        house.hear();
        assert_eq!(house.facts(order).last().unwrap(), end, "{reason:?}");
    }
}

#[test]
fn an_order_of_a_life_not_heard_of_waits_without_being_parked() {
    let mut house = House::empty();
    house.tell(PIZZA, 1, crate::house::asked(PIZZA.into()));
    let step = house.hear();
    assert_eq!((step.parked, step.stalls.len()), (0, 1));
    assert!(step.stalls[0].expected);
}

#[test]
fn events_heard_again_change_nothing() {
    let mut house = House::open();
    house.request(PARCELS, 1);
    house.ask_cancel(PARCELS, 1, CancelReason::ByCustomer);
    house.hear();
    let again = house.hear_again();
    assert!(again.change.events.is_empty());
    assert!(again.change.rows.is_empty());
}

#[test]
fn a_killed_process_knows_its_shops_and_deliveries_again() {
    let mut house = House::open();
    house.request(PIZZA, 1);
    house.restart();
    house.take(PIZZA, 1, Step::Assign { courier: "lee".to_owned() }).unwrap();
    house.request(PARCELS, 2);
    assert_eq!(house.delivery(1).unwrap().state, DeliveryState::Assigned);
    assert_eq!(house.delivery(2).unwrap().state, DeliveryState::Started);
}
