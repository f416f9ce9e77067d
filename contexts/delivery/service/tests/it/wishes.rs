//! Whenever a step was wished while delivery could not be asked, it is taken when it hears of it.

use delivery_contract::DeliveryState;
use delivery_service::Step;
use ordering_contract::{OrderEvent, OrderStepWishedV1, WishedStep};

use crate::house::{House, PIZZA};

fn given_to_a_courier(house: &mut House) {
    house.request(PIZZA, 1);
    house.take(PIZZA, 1, Step::Assign { courier: "lee".to_owned() }).unwrap();
}

fn wished(house: &mut House, step: WishedStep) {
    house.tell(PIZZA, 1, OrderEvent::StepWished(OrderStepWishedV1 { step }));
}

#[test]
fn steps_that_were_wished_one_after_another_are_taken_in_this_order() {
    let mut house = House::open();
    given_to_a_courier(&mut house);
    wished(&mut house, WishedStep::StartDelivery);
    wished(&mut house, WishedStep::CompleteDelivery);
    house.hear();
    assert_eq!(house.delivery(1).unwrap().state, DeliveryState::Completed);
    let facts = house.facts(1);
    house.hear_again();
    assert_eq!(house.facts(1), facts);
}

#[test]
fn what_is_wished_of_a_delivery_that_is_not_asked_for_yet_waits_to_be_told_again() {
    let mut house = House::open();
    wished(&mut house, WishedStep::StartDelivery);
    house.hear();
    assert_eq!(house.delivery(1), None);
    given_to_a_courier(&mut house);
    wished(&mut house, WishedStep::StartDelivery);
    house.hear();
    assert_eq!(house.delivery(1).unwrap().state, DeliveryState::Started);
}

#[test]
fn a_step_that_the_delivery_s_state_forbids_falls() {
    let mut house = House::open();
    given_to_a_courier(&mut house);
    wished(&mut house, WishedStep::CompleteDelivery);
    wished(&mut house, WishedStep::Accept);
    house.hear();
    assert_eq!(house.facts(1), ["delivery-requested.v1", "delivery-assigned.v1"]);
    house.take(PIZZA, 1, Step::Start).unwrap();
}
