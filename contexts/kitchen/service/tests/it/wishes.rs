//! Whenever a step was wished while the kitchen could not be asked, it is taken when it hears of it.

use catalog_contract::LifeHash;
use kitchen_contract::TicketState;
use kitchen_service::Step;
use ordering_contract::{OrderEvent, OrderStepWishedV1, WishedStep};

use crate::house::{CAFE, House, confirmed};

fn wished(house: &mut House, step: WishedStep) {
    house.tell(CAFE, 1, OrderEvent::StepWished(OrderStepWishedV1 { step }));
}

#[test]
fn steps_that_were_wished_one_after_another_are_taken_in_this_order() {
    let mut house = House::open();
    house.tell(CAFE, 1, confirmed(LifeHash::from(CAFE)));
    for step in [WishedStep::Accept, WishedStep::Start, WishedStep::Complete] {
        wished(&mut house, step);
    }
    house.hear();
    assert_eq!(
        house.facts(1),
        ["ticket-opened.v1", "ticket-accepted.v1", "preparation-started.v1", "preparation-finished.v1"]
    );
    assert_eq!(house.ticket(1).unwrap().state, TicketState::Finished);
}

#[test]
fn a_step_that_the_ticket_s_state_forbids_falls_and_nothing_waits_behind_it() {
    let mut house = House::open();
    house.confirm(CAFE, 1);
    wished(&mut house, WishedStep::Complete);
    house.hear();
    assert_eq!(house.facts(1), ["ticket-opened.v1"]);
    house.take(CAFE, 1, Step::Accept).unwrap();
}

#[test]
fn a_step_that_was_taken_meanwhile_is_not_taken_twice() {
    let mut house = House::open();
    house.confirm(CAFE, 1);
    house.hear();
    house.take(CAFE, 1, Step::Accept).unwrap();
    wished(&mut house, WishedStep::Accept);
    house.hear();
    house.hear_again();
    assert_eq!(house.facts(1), ["ticket-opened.v1", "ticket-accepted.v1"]);
}

#[test]
fn what_is_wished_of_others_passes_by() {
    let mut house = House::open();
    house.confirm(CAFE, 1);
    wished(&mut house, WishedStep::ApprovePayment);
    wished(&mut house, WishedStep::StartDelivery);
    house.hear();
    assert_eq!(house.facts(1), ["ticket-opened.v1"]);
}
