//! No cancel after making has started: cancel and start meet at the ticket, and one of them wins.

use catalog_contract::{Handover, Stage};
use kernel::Aggregate;
use kitchen_contract::TicketState;
use kitchen_domain::{TicketCommand, TicketRejection};

use crate::{
    BY_STAFF, accepted, cancel_denied, finished, given, handed_over, opened, rejected, released, started,
};

/// As the cafe has it.
const BEFORE_STARTED: TicketCommand =
    TicketCommand::Release { before: Stage::Started, handover: Handover::Pickup };

#[test]
fn a_cancel_before_start_releases_the_ticket() {
    let ticket = given(&[opened(), accepted()]);
    let said = ticket.decide(BEFORE_STARTED);
    assert_eq!(said, Ok(vec![released()]));
}

#[test]
fn a_cancel_after_start_is_denied() {
    let ticket = given(&[opened(), accepted(), started()]);
    let said = ticket.decide(BEFORE_STARTED);
    assert_eq!(said, Ok(vec![cancel_denied()]));
}

#[test]
fn a_start_after_a_cancel_is_refused() {
    let ticket = given(&[opened(), accepted(), released()]);
    let said = ticket.decide(TicketCommand::Start { routine: BY_STAFF });
    let refusal = TicketRejection::TooLate { step: "start", state: TicketState::Released, allowed: &[] };
    assert_eq!(said, Err(refusal));
}

#[test]
fn whichever_of_cancel_and_start_comes_first_wins() {
    let ticket = given(&[opened(), accepted()]);
    let start = TicketCommand::Start { routine: BY_STAFF };
    for (first, second) in [(BEFORE_STARTED, start.clone()), (start, BEFORE_STARTED)] {
        let mut facts = vec![opened(), accepted()];
        facts.extend(ticket.decide(first).unwrap_or_default());
        facts.extend(given(&facts).decide(second).unwrap_or_default());
        let (starts, releases) = (facts.contains(&started()), facts.contains(&released()));
        assert!(starts != releases, "{facts:?}");
    }
}

#[test]
fn a_denied_cancel_changes_nothing_and_is_answered_again() {
    let ticket = given(&[opened(), accepted(), started(), cancel_denied()]);
    assert_eq!(ticket.decide(BEFORE_STARTED), Ok(vec![cancel_denied()]));
    assert_eq!(ticket.decide(TicketCommand::Complete), Ok(vec![finished()]));
}

#[test]
fn a_second_cancel_of_a_released_ticket_adds_nothing() {
    let ticket = given(&[opened(), released()]);
    let said = ticket.decide(BEFORE_STARTED);
    assert_eq!(said, Ok(vec![]));
}

#[test]
fn a_cancel_of_a_rejected_ticket_adds_nothing() {
    let ticket = given(&[opened(), rejected()]);
    let said = ticket.decide(BEFORE_STARTED);
    assert_eq!(said, Ok(vec![]));
}

#[test]
fn a_cancel_of_a_ticket_never_opened_is_refused() {
    let ticket = given(&[]);
    let said = ticket.decide(BEFORE_STARTED);
    assert_eq!(said, Err(TicketRejection::NoTicket));
}

/// Every stage that a shop's life can name, against every stage that a ticket can reach.
#[test]
fn a_ticket_is_released_only_before_the_stage_that_the_shop_names() {
    let reached = [
        (vec![opened()], Stage::Accepted),
        (vec![opened(), accepted()], Stage::Started),
        (vec![opened(), accepted(), started()], Stage::Prepared),
        (vec![opened(), accepted(), started(), finished()], Stage::DeliveryStarted),
    ];
    let stages = [
        Stage::Placed,
        Stage::Paid,
        Stage::Confirmed,
        Stage::Accepted,
        Stage::Started,
        Stage::Prepared,
        Stage::DeliveryStarted,
        Stage::Delivered,
        Stage::Completed,
    ];
    for (facts, released_from) in reached {
        for before in stages {
            let said = given(&facts).decide(TicketCommand::Release { before, handover: Handover::Pickup });
            let answer = if before >= released_from { released() } else { cancel_denied() };
            assert_eq!(said, Ok(vec![answer]), "before {before:?} given {facts:?}");
        }
    }
}

#[test]
fn what_the_customer_has_is_never_cancelled() {
    let ticket = given(&[opened(), accepted(), started(), finished(), handed_over()]);
    let said = ticket.decide(TicketCommand::Release { before: Stage::Completed, handover: Handover::Pickup });
    assert_eq!(said, Ok(vec![cancel_denied()]));
}

#[test]
fn what_is_made_for_a_courier_is_deliverys_to_answer() {
    let ticket = given(&[opened(), accepted(), started(), finished()]);
    for before in [Stage::Started, Stage::Completed] {
        let release = TicketCommand::Release { before, handover: Handover::Delivery };
        assert_eq!(ticket.decide(release), Ok(vec![]));
    }
}
