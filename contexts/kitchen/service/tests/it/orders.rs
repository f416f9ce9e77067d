//! Whenever ordering says something about an order, then this happens to its ticket.

use catalog_contract::{Accept, LifeHash, Prepare, Stage};
use journal::Reader;
use kitchen_contract::{KitchenEvent, TicketState};
use kitchen_service::Step;
use ordering_contract::{CancelReason, OrderEvent, OrderStartedV1};

use crate::house::{CAFE, House, KIOSK, confirmed, hash_of, life, order_id};

#[test]
fn a_confirmed_order_opens_a_ticket_with_its_number_lines_and_note() {
    let mut house = House::open();
    house.confirm(CAFE, 1);
    house.hear();
    let ticket = house.ticket(1).unwrap();
    assert_eq!((ticket.number, ticket.call_number, ticket.state), (1, 7, TicketState::Open));
    assert_eq!(ticket.lines[0].name, "americano");
    assert_eq!(ticket.note.as_deref(), Some("less ice"));
    assert_eq!(house.facts(1), ["ticket-opened.v1"]);
}

#[test]
fn a_ticket_shows_when_its_order_is_wanted_and_at_which_table() {
    let mut house = House::open();
    let OrderEvent::Confirmed(now) = confirmed(hash_of(&life(CAFE, Accept::Staff, Prepare::Staff))) else {
        panic!("confirmed")
    };
    let wanted_at = Some(kernel::Timestamp::from_millis(1_800_007_200_000));
    let later = ordering_contract::OrderConfirmedV1 { wanted_at, table: Some("3".to_owned()), ..now };
    house.tell(CAFE, 1, OrderEvent::Confirmed(later));
    house.hear();
    let ticket = house.ticket(1).unwrap();
    assert_eq!((ticket.wanted_at, ticket.table.as_deref()), (wanted_at, Some("3")));
}

#[test]
fn the_facts_of_a_ticket_are_about_its_order() {
    let mut house = House::open();
    house.confirm(CAFE, 1);
    house.hear();
    let opened = house.processor.journal().load(order_id(1).0, 0).unwrap().remove(0);
    assert_eq!(opened.subject.order, Some(order_id(1)));
    assert_eq!(opened.causation.as_str(), "ordering/1");
    let KitchenEvent::Opened(opened) = opened.decode().unwrap() else { panic!("{opened:?}") };
    assert_eq!(opened.personal.reveal().unwrap().note, "less ice");
}

#[test]
fn the_note_is_kept_apart_from_the_fact() {
    let mut house = House::open();
    house.confirm(CAFE, 1);
    house.hear();
    let opened = house.processor.journal().load(order_id(1).0, 0).unwrap().remove(0);
    assert!(!String::from_utf8(opened.data).unwrap().contains("less ice"));
}

#[test]
fn where_nobody_works_the_order_is_made_in_the_turn_that_opens_it() {
    let mut house = House::open();
    house.confirm(KIOSK, 1);
    house.hear();
    let made =
        ["ticket-opened.v1", "ticket-accepted.v1", "preparation-started.v1", "preparation-finished.v1"];
    assert_eq!(house.facts(1), made);
    assert_eq!(house.ticket(1).unwrap().state, TicketState::Finished);
    assert_eq!(house.ticket(1).unwrap().version, 4);
}

#[test]
fn an_order_that_is_not_confirmed_has_no_ticket() {
    let mut house = House::open();
    house.tell(CAFE, 1, OrderEvent::Started(OrderStartedV1 {}));
    house.hear();
    assert_eq!(house.ticket(1), None);
}

#[test]
fn an_order_of_a_life_not_heard_of_waits_without_being_parked() {
    let mut house = House::empty();
    house.confirm(CAFE, 1);
    let step = house.hear();
    assert_eq!((step.parked, step.stalls.len()), (0, 1));
    assert!(step.stalls[0].expected);

    house.define(&life(CAFE, Accept::Staff, Prepare::Staff));
    house.hear();
    assert_eq!(house.facts(1), ["ticket-opened.v1"]);
}

#[test]
fn a_cancel_in_time_releases_the_ticket() {
    let mut house = House::open();
    house.confirm(CAFE, 1);
    house.ask_cancel(CAFE, 1, CancelReason::ByCustomer);
    house.hear();
    assert_eq!(house.facts(1), ["ticket-opened.v1", "ticket-released.v1"]);
    assert_eq!(house.ticket(1).unwrap().state, TicketState::Released);
}

#[test]
fn a_cancel_too_late_is_denied_and_the_ticket_stays_as_it_is() {
    let mut house = House::open();
    house.confirm(KIOSK, 1);
    house.ask_cancel(KIOSK, 1, CancelReason::ByCustomer);
    house.hear();
    assert_eq!(house.facts(1).last().unwrap(), "ticket-cancel-denied.v1");
    let ticket = house.ticket(1).unwrap();
    assert_eq!((ticket.state, ticket.version), (TicketState::Finished, 5));
}

#[test]
fn customers_and_staff_have_their_own_last_moment() {
    let mut house = House::empty();
    let mut kind = life(CAFE, Accept::Staff, Prepare::Staff);
    kind.cancel.customer_before = Stage::Accepted;
    kind.cancel.staff_before = Stage::Prepared;
    house.define(&kind);
    for (order, reason, end) in [
        (1, CancelReason::ByCustomer, "ticket-cancel-denied.v1"),
        (2, CancelReason::ByStaff, "ticket-released.v1"),
    ] {
        house.tell(CAFE, order, confirmed(hash_of(&kind)));
        house.hear();
        house.take(CAFE, order, Step::Accept).unwrap();
        house.take(CAFE, order, Step::Start).unwrap();
        house.ask_cancel(CAFE, order, reason);
        house.hear();
        assert_eq!(house.facts(order).last().unwrap(), end, "{reason:?}");
    }
}

#[test]
fn a_ticket_follows_the_life_its_order_is_pinned_to_not_the_current_one() {
    let mut house = House::open();
    house.confirm(CAFE, 1);
    let mut later = life(CAFE, Accept::Auto, Prepare::Auto);
    later.cancel.customer_before = Stage::Confirmed;
    house.define(&later);
    house.hear();
    house.ask_cancel(CAFE, 1, CancelReason::ByCustomer);
    house.hear();
    assert_eq!(house.facts(1), ["ticket-opened.v1", "ticket-released.v1"]);
}

#[test]
fn a_cancel_of_an_order_never_confirmed_is_parked_and_others_go_on() {
    let mut house = House::open();
    house.ask_cancel(CAFE, 1, CancelReason::ByCustomer);
    house.confirm(CAFE, 2);
    let step = house.hear();
    assert_eq!(step.parked, 1);
    assert_eq!(house.facts(2), ["ticket-opened.v1"]);
}

#[test]
fn events_heard_again_change_nothing() {
    let mut house = House::open();
    house.confirm(KIOSK, 1);
    house.tell(KIOSK, 2, confirmed(LifeHash::from(KIOSK)));
    house.ask_cancel(KIOSK, 2, CancelReason::ByCustomer);
    house.hear();
    let again = house.hear_again();
    assert!(again.change.events.is_empty());
    assert!(again.change.rows.is_empty());
}
