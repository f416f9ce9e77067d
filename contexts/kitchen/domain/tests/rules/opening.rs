use catalog_contract::Prepare;
use kernel::Aggregate;
use kitchen_domain::Routine;

use crate::{BY_ITSELF, BY_STAFF, accepted, finished, given, open, opened, released, started};

#[test]
fn where_staff_accept_the_ticket_waits_for_them() {
    let ticket = given(&[]);
    let said = ticket.decide(open(BY_STAFF));
    assert_eq!(said, Ok(vec![opened()]));
}

#[test]
fn where_nobody_works_the_order_is_made_at_once() {
    let ticket = given(&[]);
    let said = ticket.decide(open(BY_ITSELF));
    assert_eq!(said, Ok(vec![opened(), accepted(), started(), finished()]));
}

#[test]
fn where_there_is_nothing_to_make_it_is_made_as_soon_as_it_is_taken_on() {
    let ticket = given(&[]);
    let said = ticket.decide(open(Routine { prepare: Prepare::None, ..BY_ITSELF }));
    assert_eq!(said, Ok(vec![opened(), accepted(), finished()]));
}

#[test]
fn where_only_accepting_goes_by_itself_making_waits_for_staff() {
    let ticket = given(&[]);
    let said = ticket.decide(open(Routine { prepare: Prepare::Staff, ..BY_ITSELF }));
    assert_eq!(said, Ok(vec![opened(), accepted()]));
}

#[test]
fn a_ticket_is_opened_once() {
    for facts in [vec![opened()], vec![opened(), accepted()], vec![opened(), released()]] {
        let said = given(&facts).decide(open(BY_STAFF));
        assert_eq!(said, Ok(vec![]), "given {facts:?}");
    }
}
