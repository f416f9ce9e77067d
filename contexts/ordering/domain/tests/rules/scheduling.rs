//! Orders for later: all that they need is taken when they are placed, and nobody has them before they
//! are due.

use catalog_contract::{CancelRule, Stage};
use ordering_contract::CancelReason::{ByCustomer, ByStaff};
use ordering_contract::{OrderPlacedV1, OrderState};
use ordering_domain::{OrderCommand, Placement, Rejection};
use std::sync::Arc;

use crate::dialogue::*;

fn waits_for_its_time() -> Given {
    given([placed(bistro()), paid(), scheduled()])
}

#[test]
fn an_order_for_later_is_paid_at_once_and_waits_for_its_time() {
    given([]).when(place(bistro())).then([placed(bistro())]);
    given([placed(bistro())]).when(note_paid()).then([paid(), scheduled()]);
    waits_for_its_time().stands_at(OrderState::Scheduled);
    waits_for_its_time().has_ended(false);
}

#[test]
fn its_stock_is_held_before_its_time() {
    let kiosk = for_later(kiosk());
    given([placed(kiosk.clone())]).when(note_reserved(kiosk)).then([reserved(), scheduled()]);
}

#[test]
fn what_needs_neither_money_nor_stock_waits_for_its_time_all_the_same() {
    let stall = for_later(stall());
    given([]).when(place(stall.clone())).then([placed(stall), scheduled()]);
}

#[test]
fn when_it_is_due_it_is_confirmed_with_the_time_that_it_is_wanted_at() {
    waits_for_its_time().when(OrderCommand::ComeDue).then([confirmed_for_tonight()]);
    let due = given([placed(bistro()), paid(), scheduled(), confirmed_for_tonight()]);
    due.stands_at(OrderState::Confirmed);
    due.when(OrderCommand::ComeDue).then_nothing_new();
    due.when(cancel(ByCustomer)).then([cancel_requested(ByCustomer)]);
}

#[test]
fn an_order_for_now_comes_due_by_no_time() {
    given([placed(cafe())]).when(OrderCommand::ComeDue).then_nothing_new();
    given(standing()).when(OrderCommand::ComeDue).then_nothing_new();
}

#[test]
fn before_its_time_it_is_cancelled_at_once_and_its_money_goes_back() {
    waits_for_its_time().when(cancel(ByCustomer)).then([cancelled_as_wished(ByCustomer, &MONEY)]);
    waits_for_its_time().when(cancel(ByStaff)).then([cancelled_as_wished(ByStaff, &MONEY)]);
}

#[test]
fn a_cancelled_order_does_not_come_due() {
    let facts = [placed(bistro()), paid(), scheduled(), cancelled_as_wished(ByCustomer, &MONEY)];
    given(facts).when(OrderCommand::ComeDue).then_nothing_new();
}

#[test]
fn the_shops_rule_holds_before_its_time_too() {
    let rule = CancelRule { customer_before: Stage::Paid, staff_before: Stage::Confirmed };
    let cancel = |reason| OrderCommand::Cancel { wish: wish(reason), rule: rule.clone() };
    let too_late = Rejection::TooLate(OrderState::Scheduled);
    waits_for_its_time().when(cancel(ByCustomer)).then_refused(too_late);
    waits_for_its_time().when(cancel(ByStaff)).then([cancelled_as_wished(ByStaff, &MONEY)]);
    // Where nothing was paid it has not come so far.
    let stall = for_later(stall());
    let unpaid = given([placed(stall), scheduled()]);
    unpaid.when(cancel(ByCustomer)).then([cancelled_as_wished(ByCustomer, &NOTHING)]);
}

#[test]
fn what_the_kitchen_says_of_an_order_that_it_has_not_heard_of_changes_nothing() {
    for fact in [OrderCommand::NoteAccepted, OrderCommand::NoteStarted, OrderCommand::NoteReleased] {
        waits_for_its_time().when(fact).then_nothing_new();
    }
}

#[test]
fn the_kitchen_learns_the_table() {
    let placed = OrderPlacedV1 { table: Some("3".to_owned()), ..order_in(&stall()) };
    let placement = Placement { placed, life: Arc::new(stall()) };
    let decided = given([]).when(OrderCommand::Place(Box::new(placement)));
    assert_eq!(decided.confirmed().table.as_deref(), Some("3"));
}
