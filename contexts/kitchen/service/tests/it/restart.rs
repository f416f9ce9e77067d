//! A killed process takes up where it stopped.

use kitchen_contract::TicketState;
use kitchen_service::Step;
use ordering_contract::CancelReason;

use crate::house::{CAFE, House};

#[test]
fn shops_and_tickets_are_known_again() {
    let mut house = House::open();
    house.confirm(CAFE, 1);
    house.hear();
    house.take(CAFE, 1, Step::Accept).unwrap();
    house.restart();
    house.ask_cancel(CAFE, 1, CancelReason::ByCustomer);
    house.confirm(CAFE, 2);
    house.hear();
    assert_eq!(house.ticket(1).unwrap().state, TicketState::Released);
    assert_eq!(house.ticket(2).unwrap().state, TicketState::Open);
}
