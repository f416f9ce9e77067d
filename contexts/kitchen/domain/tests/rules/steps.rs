use catalog_contract::{Accept, Handover, Prepare};
use kernel::Aggregate;
use kitchen_contract::TicketState;
use kitchen_domain::{Routine, TicketCommand, TicketRejection};

use crate::{BY_STAFF, accepted, finished, given, handed_over, opened, reject, rejected, released, started};

const ACCEPT: TicketCommand = TicketCommand::Accept { routine: BY_STAFF };
const START: TicketCommand = TicketCommand::Start { routine: BY_STAFF };
const HAND_OVER: TicketCommand = TicketCommand::HandOver { routine: BY_STAFF };

#[test]
fn staff_take_an_order_from_the_counter_to_the_customer() {
    let mut facts = vec![opened()];
    for (step, fact) in [
        (ACCEPT, accepted()),
        (START, started()),
        (TicketCommand::Complete, finished()),
        (HAND_OVER, handed_over()),
    ] {
        assert_eq!(given(&facts).decide(step), Ok(vec![fact.clone()]), "given {facts:?}");
        facts.push(fact);
    }
}

#[test]
fn a_rejected_order_says_why() {
    let ticket = given(&[opened()]);
    let said = ticket.decide(reject());
    assert_eq!(said, Ok(vec![rejected()]));
}

#[test]
fn an_order_already_taken_on_cannot_be_rejected() {
    let ticket = given(&[opened(), accepted()]);
    let said = ticket.decide(reject());
    let refusal =
        TicketRejection::TooLate { step: "reject", state: TicketState::Accepted, allowed: &["start"] };
    assert_eq!(said, Err(refusal));
}

#[test]
fn making_does_not_start_before_the_order_is_taken_on() {
    let ticket = given(&[opened()]);
    let said = ticket.decide(START);
    let refusal = TicketRejection::OutOfTurn {
        step: "start",
        state: TicketState::Open,
        allowed: &["accept", "reject"],
    };
    assert_eq!(said, Err(refusal));
}

#[test]
fn making_does_not_end_before_it_has_started() {
    let ticket = given(&[opened(), accepted()]);
    let said = ticket.decide(TicketCommand::Complete);
    let refusal =
        TicketRejection::OutOfTurn { step: "complete", state: TicketState::Accepted, allowed: &["start"] };
    assert_eq!(said, Err(refusal));
}

#[test]
fn nothing_is_handed_over_before_it_is_made() {
    let ticket = given(&[opened(), accepted(), started()]);
    let said = ticket.decide(HAND_OVER);
    let refusal =
        TicketRejection::OutOfTurn { step: "hand over", state: TicketState::Started, allowed: &["complete"] };
    assert_eq!(said, Err(refusal));
}

#[test]
fn where_a_courier_brings_it_nothing_goes_over_the_counter() {
    let ticket = given(&[opened(), accepted(), started(), finished()]);
    let routine = Routine { handover: Handover::Delivery, ..BY_STAFF };
    let said = ticket.decide(TicketCommand::HandOver { routine });
    assert_eq!(said, Err(TicketRejection::BroughtByCourier));
}

#[test]
fn where_nobody_says_when_making_ends_it_ends_as_it_starts() {
    let ticket = given(&[opened(), accepted()]);
    let routine = Routine { finishes_at_start: true, ..BY_STAFF };
    let said = ticket.decide(TicketCommand::Start { routine });
    assert_eq!(said, Ok(vec![started(), finished()]));
}

#[test]
fn where_making_goes_by_itself_it_follows_when_staff_accept() {
    let ticket = given(&[opened()]);
    let routine = Routine { accept: Accept::Staff, prepare: Prepare::Auto, ..BY_STAFF };
    let said = ticket.decide(TicketCommand::Accept { routine });
    assert_eq!(said, Ok(vec![accepted(), started(), finished()]));
}

#[test]
fn a_step_that_is_already_taken_adds_nothing() {
    let facts = [opened(), accepted(), started(), finished(), handed_over()];
    for step in [ACCEPT, START, TicketCommand::Complete, HAND_OVER] {
        let said = given(&facts).decide(step);
        assert_eq!(said, Ok(vec![]));
    }
}

#[test]
fn a_refusal_names_the_state_and_what_it_allows() {
    let refusal = |facts: &[_], step| given(facts).decide(step).map_err(|refusal| refusal.to_string());
    assert_eq!(
        refusal(&[opened()], START),
        Err("cannot start a ticket that is open; expected accept or reject".to_owned())
    );
    assert_eq!(
        refusal(&[opened(), released()], ACCEPT),
        Err("too late to accept a ticket that is released; it does not move any more".to_owned())
    );
    assert_eq!(refusal(&[], ACCEPT), Err("there is no ticket of this order".to_owned()));
}
