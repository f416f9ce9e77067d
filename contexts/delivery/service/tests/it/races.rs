//! Cancel against the courier: whatever the batches, exactly one wins.

use delivery_contract::DeliveryState;
use delivery_service::Step;
use ordering_contract::CancelReason;
use proptest::prelude::*;

use crate::house::{House, PIZZA, command};

#[test]
fn of_an_arrival_and_a_cancel_in_one_batch_one_wins() {
    let mut house = House::open();
    house.request(PIZZA, 1);
    house.take(PIZZA, 1, Step::Assign { courier: "lee".to_owned() }).unwrap();
    house.take(PIZZA, 1, Step::Start).unwrap();
    house.ask_cancel(PIZZA, 1, CancelReason::ByCustomer);
    let (said, _) = house.command_and_hear(command(PIZZA, 1, Step::Complete));
    assert!(said.is_ok());
    assert_eq!(house.facts(1)[3..], ["delivery-completed.v1", "delivery-cancel-denied.v1"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_address_under_which_it_sets_out_is_the_last_one_that_was_granted(
        moves in prop::collection::vec((0..4_u8, any::<bool>()), 1..20),
    ) {
        let mut house = House::open();
        house.request(PIZZA, 1);
        let mut asked = 0;
        for (step, with_change) in moves {
            if with_change {
                asked += 1;
                house.ask_readdress(PIZZA, 1, &format!("{asked} Sample Street"));
            }
            let step = match step {
                0 => Step::Assign { courier: "lee".to_owned() },
                1 | 2 => Step::Start,
                _ => Step::Fail { reason: "nobody at home".to_owned() },
            };
            let (_, outputs) = house.command_and_hear(command(PIZZA, 1, step));
            prop_assert_eq!(outputs.parked, 0);
            house.wait(600_000);
        }
        let facts = house.facts(1);
        let places = |fact: &str| facts.iter().filter(|told| *told == fact).count();
        let out = facts.iter().position(|told| told == "delivery-started.v1").unwrap_or(facts.len());
        let granted = places("delivery-address-changed.v1");
        let before = facts[..out].iter().filter(|told| *told == "delivery-address-changed.v1").count();
        prop_assert_eq!(granted, before, "{:?}", facts);
        let returned = places("delivery-returned.v1") > 0;
        prop_assert!(returned || granted + places("delivery-address-change-denied.v1") == asked, "{:?}", facts);
        let address = house.delivery(1).unwrap().address;
        let last = if granted > 0 { format!("{granted} Sample Street") } else { "1 Sample Street".to_owned() };
        prop_assert_eq!(address, Some(last));
    }

    #[test]
    fn nothing_is_both_released_and_completed(moves in prop::collection::vec((0..5_u8, any::<bool>()), 1..25)) {
        let mut house = House::open();
        house.request(PIZZA, 1);
        let mut asked = 0;
        for (step, with_cancel) in moves {
            if with_cancel {
                asked += 1;
                house.ask_cancel(PIZZA, 1, CancelReason::ByCustomer);
            }
            let step = match step {
                0 => Step::Assign { courier: "lee".to_owned() },
                1 | 2 => Step::Start,
                3 => Step::Fail { reason: "nobody at home".to_owned() },
                _ => Step::Complete,
            };
            let (_, outputs) = house.command_and_hear(command(PIZZA, 1, step));
            prop_assert_eq!(outputs.parked, 0);
            house.wait(600_000);
        }
        let facts = house.facts(1);
        let has = |fact: &str| facts.iter().any(|told| told == fact);
        prop_assert!(!(has("delivery-released.v1") && has("delivery-completed.v1")), "{:?}", facts);
        if asked > 0 && !has("delivery-cancel-denied.v1") {
            let state = house.delivery(1).unwrap().state;
            prop_assert!([DeliveryState::Released, DeliveryState::Returned].contains(&state), "{:?}", facts);
        }
    }
}
