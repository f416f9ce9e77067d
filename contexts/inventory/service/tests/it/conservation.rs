//! Whatever orders and staff do in whatever batches: no cup is lost, made up or leaked.

use inventory_service::StockWish;
use ordering_contract::{CancelReason, OrderEvent};
use proptest::prelude::*;

use crate::house::{House, KIOSK, cancelled, completed, placed, started, wish};
use catalog_contract::StockMode;

#[derive(Debug, Clone)]
enum Step {
    Receive(u64),
    Place(u64, u32),
    End(u64, u8),
    Hear,
    Restart,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (1..9_u64).prop_map(Step::Receive),
        4 => (1..12_u64, 0..4_u32).prop_map(|(order, cups)| Step::Place(order, cups)),
        4 => (1..12_u64, 0..3_u8).prop_map(|(order, end)| Step::End(order, end)),
        3 => Just(Step::Hear),
        1 => Just(Step::Restart),
    ]
}

/// Ordering's own order: placed once, then at most one end.
#[derive(Default)]
struct Orders {
    placed: Vec<u64>,
    ended: Vec<u64>,
}

impl Orders {
    fn place(&mut self, order: u64, cups: u32) -> Option<OrderEvent> {
        if self.placed.contains(&order) {
            return None;
        }
        self.placed.push(order);
        Some(placed(KIOSK, StockMode::Reserve, &[("cup", cups)]))
    }

    fn end(&mut self, house: &mut House, order: u64, end: u8) -> Option<OrderEvent> {
        if !self.placed.contains(&order) || self.ended.contains(&order) {
            return None;
        }
        house.hear();
        self.ended.push(order);
        let held = house.answers_to(order) == ["stock-reserved.v1"];
        Some(match end {
            0 if held => started(),
            1 if held => completed(),
            _ => cancelled(CancelReason::ByCustomer, held),
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_cup_is_somewhere_and_none_is_held_for_an_order_that_ended(
        steps in prop::collection::vec(any_step(), 1..60)
    ) {
        let mut house = House::open();
        let mut orders = Orders::default();
        let mut received = house.receive(KIOSK, "cup", 5).available;
        for step in steps {
            match step {
                Step::Receive(quantity) => {
                    house.command(wish(KIOSK, "cup", StockWish::Receive { quantity })).unwrap();
                    received += quantity;
                }
                Step::Place(order, cups) => {
                    if let Some(event) = orders.place(order, cups) {
                        house.tell(KIOSK, order, event);
                    }
                }
                Step::End(order, end) => {
                    if let Some(event) = orders.end(&mut house, order, end) {
                        house.tell(KIOSK, order, event);
                    }
                }
                Step::Hear => prop_assert_eq!(house.hear().parked, 0),
                Step::Restart => house.restart(),
            }
            let (available, reserved, consumed) = house.counts("cup");
            prop_assert_eq!(available + reserved + consumed, received);
        }
        for order in orders.placed.clone() {
            if let Some(event) = orders.end(&mut house, order, 2) {
                house.tell(KIOSK, order, event);
            }
        }
        house.hear();
        prop_assert_eq!(house.counts("cup").1, 0);
    }
}
