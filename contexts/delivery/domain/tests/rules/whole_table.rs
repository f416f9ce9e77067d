use catalog_contract::Stage;
use delivery_contract::{DeliveryEvent, DeliveryState};
use delivery_domain::{Delivery, DeliveryCommand};
use kernel::{Aggregate, Personal};
use proptest::prelude::*;

use crate::{BY_HAND, BY_ITSELF, assign, fail, request};

fn command(which: u8, by_itself: bool, before: Stage, attempt: u32) -> DeliveryCommand {
    let routine = if by_itself { BY_ITSELF } else { BY_HAND };
    match which {
        0 => request(routine),
        1 => assign(routine),
        2 => DeliveryCommand::Start { routine },
        3 => DeliveryCommand::Complete,
        4 => DeliveryCommand::CountAsDelivered { attempt },
        5 => fail(routine),
        6 => DeliveryCommand::Retry { routine },
        7 => DeliveryCommand::ChangeAddress { personal: Personal::absent() },
        _ => DeliveryCommand::Release { before, routine },
    }
}

fn stage() -> impl Strategy<Value = Stage> {
    prop::sample::select(vec![Stage::Started, Stage::DeliveryStarted, Stage::Delivered, Stage::Completed])
}

proptest! {
    #[test]
    fn whatever_comes_in_whatever_order_it_ends_once_and_sets_out_as_often_as_it_may(
        by_itself in any::<bool>(),
        wishes in prop::collection::vec((0_u8..9, stage(), 0_u32..4), 1..40),
    ) {
        let mut delivery = Delivery::default();
        let (mut ended, mut starts) = (false, 0);
        for (which, before, attempt) in wishes {
            let Ok(events) = delivery.decide(command(which, by_itself, before, attempt)) else { continue };
            for event in events {
                prop_assert!(!ended, "{event:?} after the end");
                prop_assert!(starts == 0 || !matches!(event, DeliveryEvent::AddressChanged(_)), "{event:?}");
                starts += u32::from(matches!(event, DeliveryEvent::Started(_)));
                delivery = delivery.evolve(&event);
                ended = matches!(delivery.state(), Some(DeliveryState::Returned | DeliveryState::Released));
            }
        }
        let most = if by_itself { BY_ITSELF } else { BY_HAND }.attempts_max;
        prop_assert!(starts <= most, "it set out {starts} times");
        prop_assert_eq!(delivery.attempts(), starts);
    }
}
