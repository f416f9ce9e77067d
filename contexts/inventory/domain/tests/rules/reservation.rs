use std::collections::BTreeMap;

use inventory_contract::InventoryEvent;
use inventory_domain::{Needs, Reservation, ReservationCommand, ReservationRejection};
use kernel::Aggregate;

use crate::{consumed, given, released, reserved, short, used};

fn reserve_cups(quantity: u32, available: u64) -> ReservationCommand {
    ReservationCommand::Reserve {
        needs: Needs::of(&[used("cup", quantity)]),
        available: BTreeMap::from([("cup".to_owned(), available)]),
    }
}

#[test]
fn the_last_cups_are_held() {
    let reservation = given::<Reservation>(&[]);
    let said = reservation.decide(reserve_cups(3, 3));
    assert_eq!(said, Ok(vec![reserved(&[used("cup", 3)])]));
}

#[test]
fn one_cup_too_many_is_short_and_tells_both_numbers() {
    let reservation = given::<Reservation>(&[]);
    let said = reservation.decide(reserve_cups(11, 10));
    assert_eq!(said, Ok(vec![short("cup", 11, 10)]));
}

#[test]
fn an_item_never_received_is_short_of_all() {
    let reservation = given::<Reservation>(&[]);
    let needs = Needs::of(&[used("cup", 1)]);
    let said = reservation.decide(ReservationCommand::Reserve { needs, available: BTreeMap::new() });
    assert_eq!(said, Ok(vec![short("cup", 1, 0)]));
}

#[test]
fn one_short_line_holds_none_of_the_others() {
    let reservation = given::<Reservation>(&[]);
    let needs = Needs::of(&[used("cup", 1), used("milk", 1)]);
    let available = BTreeMap::from([("cup".to_owned(), 5)]);
    let said = reservation.decide(ReservationCommand::Reserve { needs, available });
    assert_eq!(said, Ok(vec![short("milk", 1, 0)]));
}

#[test]
fn an_order_that_uses_nothing_is_held_at_once() {
    let reservation = given::<Reservation>(&[]);
    let said = reservation
        .decide(ReservationCommand::Reserve { needs: Needs::default(), available: BTreeMap::new() });
    assert_eq!(said, Ok(vec![reserved(&[])]));
}

#[test]
fn an_order_let_go_before_it_was_heard_of_never_holds_anything() {
    let reservation = given::<Reservation>(&[released()]);
    let said = reservation.decide(reserve_cups(1, 10));
    assert_eq!(said, Ok(vec![]));
}

#[test]
fn an_order_that_was_short_is_not_made() {
    let reservation = given::<Reservation>(&[short("cup", 11, 10)]);
    let said = reservation.decide(ReservationCommand::Consume);
    assert_eq!(said, Err(ReservationRejection::NothingHeld { state: "short" }));
}

/// Every state, every wish: the whole table, so that no new state or wish is forgotten.
#[test]
fn every_wish_in_every_state_is_answered_as_the_table_says() {
    let cup = [used("cup", 1)];
    let nothing: Vec<InventoryEvent> = vec![];
    let held = vec![reserved(&cup)];
    let no = |state| Err(ReservationRejection::NothingHeld { state });
    let again = || Ok(vec![]);

    // given                        reserve                      consume                 release
    let table = [
        (nothing, Ok(vec![reserved(&cup)]), no("nothing"), Ok(vec![released()])),
        (held.clone(), again(), Ok(vec![consumed()]), Ok(vec![released()])),
        (vec![short("cup", 1, 0)], again(), no("short"), again()),
        ([held.clone(), vec![consumed()]].concat(), again(), again(), again()),
        ([held, vec![released()]].concat(), again(), no("released"), again()),
        (vec![released()], again(), no("released"), again()),
    ];

    for (facts, reserve, consume, release) in table {
        let reservation = given::<Reservation>(&facts);
        assert_eq!(reservation.decide(reserve_cups(1, 1)), reserve, "reserve given {facts:?}");
        assert_eq!(reservation.decide(ReservationCommand::Consume), consume, "consume given {facts:?}");
        assert_eq!(reservation.decide(ReservationCommand::Release), release, "release given {facts:?}");
    }
}

#[test]
fn the_refusal_names_the_state_and_what_was_expected() {
    let refusal = ReservationRejection::NothingHeld { state: "short" };
    assert_eq!(refusal.to_string(), "the order is being made, but its reservation is short; expected held");
}
