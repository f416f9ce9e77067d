//! Any interleaving of receipts, adjustments and orders: no unit is lost, made up or leaked.

use std::collections::BTreeMap;

use inventory_domain::{Needs, Reservation, ReservationCommand, StockItem, StockItemCommand};
use kernel::{Aggregate, OrderId};
use proptest::prelude::*;
use uuid::Uuid;

use crate::used;

const ITEMS: [&str; 3] = ["cup", "milk", "straw"];
const ORDERS: usize = 6;

#[derive(Debug, Clone)]
enum Step {
    Receive { item: usize, quantity: u64 },
    Adjust { item: usize, difference: i64 },
    Place { order: usize, lines: Vec<(usize, u32)> },
    Start { order: usize },
    LetGo { order: usize },
}

fn any_step() -> impl Strategy<Value = Step> {
    let (item, order) = (0..ITEMS.len(), 0..ORDERS);
    let line = (item.clone(), prop_oneof![8 => 0..5_u32, 1 => Just(u32::MAX)]);
    prop_oneof![
        (item.clone(), 0..9_u64).prop_map(|(item, quantity)| Step::Receive { item, quantity }),
        (item, prop_oneof![8 => -6..6_i64, 1 => any::<i64>()])
            .prop_map(|(item, difference)| Step::Adjust { item, difference }),
        (order.clone(), prop::collection::vec(line, 0..4))
            .prop_map(|(order, lines)| Step::Place { order, lines }),
        order.clone().prop_map(|order| Step::Start { order }),
        order.prop_map(|order| Step::LetGo { order }),
    ]
}

/// A shop's stock, moved as the service moves it: reservation and items in one go.
#[derive(Default)]
struct Shop {
    items: BTreeMap<&'static str, StockItem>,
    orders: BTreeMap<usize, Reservation>,
}

impl Shop {
    fn take(&mut self, step: Step) {
        match step {
            Step::Receive { item, quantity } => {
                let name = ITEMS[item];
                self.wish(name, StockItemCommand::Receive { item: name.to_owned(), quantity });
            }
            Step::Adjust { item, difference } => {
                let (name, reason) = (ITEMS[item], "counted".to_owned());
                self.wish(name, StockItemCommand::Adjust { item: name.to_owned(), difference, reason });
            }
            Step::Place { order, lines } => self.place(order, &lines),
            Step::Start { order } => {
                self.settle(order, ReservationCommand::Consume, |order, quantity| {
                    StockItemCommand::Consume { order, quantity }
                });
            }
            Step::LetGo { order } => {
                self.settle(order, ReservationCommand::Release, |order, quantity| {
                    StockItemCommand::Release { order, quantity }
                });
            }
        }
    }

    fn place(&mut self, order: usize, lines: &[(usize, u32)]) {
        let uses: Vec<_> = lines.iter().map(|(item, quantity)| used(ITEMS[*item], *quantity)).collect();
        let available =
            self.items.iter().map(|(item, kept)| ((*item).to_owned(), kept.counts().available)).collect();
        let before = self.orders.entry(order).or_default().clone();
        let events =
            before.decide(ReservationCommand::Reserve { needs: Needs::of(&uses), available }).unwrap();
        let after = events.iter().fold(before, Reservation::evolve);
        if !events.is_empty() {
            for held in after.held() {
                let command =
                    StockItemCommand::Reserve { order: order_id(order), quantity: u64::from(held.quantity) };
                self.must(&held.item, command);
            }
        }
        self.orders.insert(order, after);
    }

    fn settle(
        &mut self,
        order: usize,
        wish: ReservationCommand,
        follow: impl Fn(OrderId, u64) -> StockItemCommand,
    ) {
        let before = self.orders.entry(order).or_default().clone();
        let Ok(events) = before.decide(wish) else {
            return;
        };
        if !events.is_empty() {
            for held in before.held() {
                self.must(&held.item, follow(order_id(order), u64::from(held.quantity)));
            }
        }
        self.orders.insert(order, events.iter().fold(before, Reservation::evolve));
    }

    /// What staff wish may be refused.
    fn wish(&mut self, item: &'static str, command: StockItemCommand) {
        let kept = self.items.entry(item).or_default();
        if let Ok(events) = kept.decide(command) {
            *kept = events.iter().fold(kept.clone(), StockItem::evolve);
        }
    }

    /// What a reservation decided is never refused by an item.
    fn must(&mut self, item: &str, command: StockItemCommand) {
        let kept = self.items.get_mut(item).unwrap();
        let events = kept.decide(command).unwrap();
        *kept = events.iter().fold(kept.clone(), StockItem::evolve);
    }

    fn check(&self) -> Result<(), TestCaseError> {
        for (item, kept) in &self.items {
            let counts = kept.counts();
            prop_assert!(counts.are_conserved(), "{item}: {counts:?}");
            prop_assert_eq!(counts.reserved, self.held_of(item), "held of {}", item);
        }
        Ok(())
    }

    fn held_of(&self, item: &str) -> u64 {
        self.orders
            .values()
            .flat_map(Reservation::held)
            .filter(|held| held.item == item)
            .map(|held| u64::from(held.quantity))
            .sum()
    }
}

fn order_id(order: usize) -> OrderId {
    OrderId(Uuid::from_u128(order as u128))
}

proptest! {
    #[test]
    fn every_unit_is_somewhere_and_what_is_held_is_held_for_somebody(steps in prop::collection::vec(any_step(), 0..80)) {
        let mut shop = Shop::default();
        for step in steps {
            shop.take(step);
            shop.check()?;
        }
    }

    #[test]
    fn once_every_order_is_let_go_nothing_is_held(steps in prop::collection::vec(any_step(), 0..80)) {
        let mut shop = Shop::default();
        for step in steps.into_iter().chain((0..ORDERS).map(|order| Step::LetGo { order })) {
            shop.take(step);
        }
        for kept in shop.items.values() {
            prop_assert_eq!(kept.counts().reserved, 0);
        }
    }
}
