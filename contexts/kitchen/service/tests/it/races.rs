//! Cancel against start: whatever the batches, exactly one wins.

use kitchen_contract::TicketState;
use kitchen_service::Step;
use ordering_contract::CancelReason;
use proptest::prelude::*;

use crate::house::{CAFE, House, command};

#[test]
fn of_a_start_and_a_cancel_in_one_batch_one_wins() {
    let mut house = House::open();
    house.confirm(CAFE, 1);
    house.hear();
    house.take(CAFE, 1, Step::Accept).unwrap();
    house.ask_cancel(CAFE, 1, CancelReason::ByCustomer);
    let (said, _) = house.command_and_hear(command(CAFE, 1, Step::Start));
    assert!(said.is_ok());
    assert_eq!(house.facts(1)[2..], ["preparation-started.v1", "ticket-cancel-denied.v1"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_is_both_released_and_started(moves in prop::collection::vec((0..7_u8, any::<bool>()), 1..25)) {
        let mut house = House::open();
        house.confirm(CAFE, 1);
        house.hear();
        let (mut asked, mut steps) = (0, 0);
        for (step, with_cancel) in moves {
            if with_cancel {
                asked += 1;
                house.ask_cancel(CAFE, 1, CancelReason::ByCustomer);
            }
            let step = match step {
                0 | 1 => Step::Accept,
                2 => Step::Reject { reason: "no milk left".to_owned() },
                3 | 4 => Step::Start,
                5 => Step::Complete,
                _ => Step::HandOver,
            };
            steps += 1;
            let (_, outputs) = house.command_and_hear(command(CAFE, 1, step));
            prop_assert_eq!(outputs.parked, 0);
        }
        let facts = house.facts(1);
        let has = |fact: &str| facts.iter().any(|told| told == fact);
        prop_assert!(!(has("ticket-released.v1") && has("preparation-started.v1")), "{:?}", facts);
        prop_assert!(facts.len() <= 1 + steps + asked);
        let ends = [TicketState::Released, TicketState::Rejected];
        if asked > 0 && !has("ticket-cancel-denied.v1") {
            prop_assert!(ends.contains(&house.ticket(1).unwrap().state), "{:?}", facts);
        }
    }
}
