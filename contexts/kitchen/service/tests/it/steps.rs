//! What staff do with the tickets of their shop.

use kitchen_contract::{TicketState, TicketView};
use kitchen_domain::TicketRejection;
use kitchen_service::{KeyUse, KitchenCommand, KitchenRefusal, KitchenReply, Step};
use ordering_contract::CancelReason;
use runtime::Failure;

use crate::house::{CAFE, House, KIOSK, Said, command, if_match};

fn opened() -> House {
    let mut house = House::open();
    house.confirm(CAFE, 1);
    house.hear();
    house
}

fn ticket(said: Said) -> TicketView {
    match said {
        Ok(KitchenReply::Ticket(ticket)) => *ticket,
        other => panic!("{other:?}"),
    }
}

fn keyed(step: Step) -> KitchenCommand {
    let body_hash = [u8::from(step == Step::Start); 16];
    KitchenCommand { key: Some(KeyUse { scope: [1; 16], body_hash }), ..command(CAFE, 1, step) }
}

#[test]
fn staff_take_a_ticket_to_its_end_and_its_row_follows() {
    let mut house = opened();
    for (step, state, version) in [
        (Step::Accept, TicketState::Accepted, 2),
        (Step::Start, TicketState::Started, 3),
        (Step::Complete, TicketState::Finished, 4),
        (Step::HandOver, TicketState::HandedOver, 5),
    ] {
        let shown = ticket(house.take(CAFE, 1, step));
        assert_eq!((shown.state, shown.version), (state, version));
        assert_eq!(house.ticket(1), Some(shown));
    }
}

#[test]
fn a_step_already_taken_is_answered_and_adds_nothing() {
    let mut house = opened();
    let first = ticket(house.take(CAFE, 1, Step::Accept));
    let second = ticket(house.take(CAFE, 1, Step::Accept));
    assert_eq!(first, second);
    assert_eq!(house.facts(1).len(), 2);
}

#[test]
fn a_rejected_ticket_shows_why() {
    let mut house = opened();
    let shown = ticket(house.take(CAFE, 1, Step::Reject { reason: "no milk left".to_owned() }));
    assert_eq!(shown.state, TicketState::Rejected);
    assert_eq!(shown.reject_reason.as_deref(), Some("no milk left"));
}

#[test]
fn a_step_out_of_turn_is_refused_and_changes_nothing() {
    let mut house = opened();
    let said = house.take(CAFE, 1, Step::Start);
    let Err(Failure::Refused(KitchenRefusal::Ticket(TicketRejection::OutOfTurn { state, .. }))) = said else {
        panic!("{said:?}")
    };
    assert_eq!(state, TicketState::Open);
    assert_eq!(house.facts(1).len(), 1);
}

#[test]
fn a_start_after_a_cancel_is_refused() {
    let mut house = opened();
    house.take(CAFE, 1, Step::Accept).unwrap();
    house.ask_cancel(CAFE, 1, CancelReason::ByCustomer);
    house.hear();
    let said = house.take(CAFE, 1, Step::Start);
    let Err(Failure::Refused(KitchenRefusal::Ticket(TicketRejection::TooLate { state, .. }))) = said else {
        panic!("{said:?}")
    };
    assert_eq!(state, TicketState::Released);
}

#[test]
fn a_ticket_of_another_shop_is_not_there() {
    let mut house = opened();
    let said = house.take(KIOSK, 1, Step::Accept);
    assert_eq!(said, Err(Failure::Refused(KitchenRefusal::Ticket(TicketRejection::NoTicket))));
}

#[test]
fn a_shop_nobody_has_heard_of_has_no_tickets() {
    let mut house = opened();
    let said = house.take("nowhere", 1, Step::Accept);
    assert_eq!(said, Err(Failure::Refused(KitchenRefusal::ShopUnknown("nowhere".into()))));
}

#[test]
fn a_step_on_an_older_version_is_refused() {
    let mut house = opened();
    house.take(CAFE, 1, Step::Accept).unwrap();
    let stale = KitchenCommand { if_match: if_match(Some("\"v1\"")), ..command(CAFE, 1, Step::Start) };
    assert_eq!(house.command(stale), Err(Failure::Refused(KitchenRefusal::Changed { version: 2 })));
}

#[test]
fn a_step_sent_twice_with_one_key_is_answered_as_it_was_even_after_others() {
    let mut house = opened();
    let first = ticket(house.command(keyed(Step::Accept)));
    house.take(CAFE, 1, Step::Start).unwrap();
    let again = ticket(house.command(keyed(Step::Accept)));
    assert_eq!(serde_json::to_vec(&again).unwrap(), serde_json::to_vec(&first).unwrap());
    assert_eq!(house.ticket(1).unwrap().state, TicketState::Started);
}

#[test]
fn a_key_that_comes_with_another_request_is_refused() {
    let mut house = opened();
    house.command(keyed(Step::Accept)).unwrap();
    let said = house.command(keyed(Step::Start));
    assert_eq!(said, Err(Failure::Refused(KitchenRefusal::KeyReused)));
}

#[test]
fn a_refusal_by_state_is_answered_again_under_its_key() {
    let mut house = opened();
    let first = house.command(keyed(Step::Start));
    house.take(CAFE, 1, Step::Accept).unwrap();
    let again = house.command(keyed(Step::Start));
    assert!(matches!(first, Ok(KitchenReply::KeptRefusal { .. })), "{first:?}");
    assert_eq!(first, again);
}

#[test]
fn a_ticket_that_is_not_there_yet_uses_no_key_up() {
    let mut house = House::open();
    let said = house.command(keyed(Step::Accept));
    assert_eq!(said, Err(Failure::Refused(KitchenRefusal::Ticket(TicketRejection::NoTicket))));
    house.confirm(CAFE, 1);
    house.hear();
    assert_eq!(ticket(house.command(keyed(Step::Accept))).state, TicketState::Accepted);
}
