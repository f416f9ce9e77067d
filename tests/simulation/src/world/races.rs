//! Races: what is to meet is planned for one moment, some milliseconds apart.

use std::sync::Arc;

use catalog_service::CatalogCommand;
use kernel::{OrderId, Recorded};
use ordering_service::NewLine;
use uuid::Uuid;

use super::{OPENS_MILLIS, World, customers, staff};
use crate::moment::Moment;
use crate::race::Race;
use crate::shops::shops;

#[derive(Debug)]
pub(crate) enum Happening {
    /// An item of a shop costs otherwise from now on.
    Reprice { shop: usize, item: usize },
}

/// A race is aimed at so often in a run.
const AIMS_MAX: u32 = 2;
/// What meets is so far apart at most.
const APART_MILLIS: u64 = 6;
const MANY: u64 = 50;
const QUOTES: u64 = 6;
const REFUNDS: u64 = 3;
const LATE_CAPTURE_MILLIS: f64 = 60_000.0;

/// How often each race may still be aimed at.
pub(crate) struct Aims([u32; Race::ALL.len()]);

impl Aims {
    pub(super) fn at(races: &[Race]) -> Self {
        let mut aims = [0; Race::ALL.len()];
        for race in races {
            aims[*race as usize] = AIMS_MAX;
        }
        Self(aims)
    }
}

impl World {
    /// Races that bring orders of their own.
    pub(super) fn plan_races(&mut self) {
        if self.aims_at(Race::LastItems) {
            self.plan_last_items();
        }
        if self.aims_at(Race::OneKey) {
            self.plan_one_key();
        }
        if self.aims_at(Race::PriceChange) {
            self.plan_price_change();
        }
    }

    /// Whether a race is run here; counted where it is.
    fn aims_at(&mut self, race: Race) -> bool {
        let left = &mut self.aims.0[race as usize];
        if *left == 0 {
            return false;
        }
        *left -= 1;
        self.coverage.raced(race);
        true
    }

    fn race_moment(&mut self) -> Moment {
        let until = OPENS_MILLIS + self.plan.chaos_millis;
        Moment(self.chances.races.between(OPENS_MILLIS, until))
    }

    fn plan_last_items(&mut self) {
        let at = self.race_moment();
        let stocked: Vec<_> =
            shops().iter().filter(|shop| shop.file.menu.iter().any(|item| !item.uses.is_empty())).collect();
        let shop = *self.chances.races.pick(&stocked);
        let Some(item) = shop.file.menu.iter().find(|item| !item.uses.is_empty()) else {
            return;
        };
        for number in 0..MANY {
            let line = NewLine { item: item.key.clone(), quantity: 1, options: Vec::new(), unit_price: None };
            let Some(intent) = self.one_more_intent(shop, format!("last-{number}"), vec![line]) else {
                return;
            };
            self.plan_send(at, intent, 1);
        }
    }

    fn plan_one_key(&mut self) {
        let at = self.race_moment();
        let shop = self.chances.races.pick(shops());
        let item = &shop.file.menu[0];
        let line = NewLine { item: item.key.clone(), quantity: 1, options: Vec::new(), unit_price: None };
        if let Some(intent) = self.one_more_intent(shop, "one-key".to_owned(), vec![line]) {
            self.plan_send(at, intent, MANY);
        }
    }

    fn plan_price_change(&mut self) {
        let at = self.race_moment();
        let index = self.chances.races.between(0, shops().len() as u64 - 1) as usize;
        let shop = &shops()[index];
        for number in 0..QUOTES {
            let item = &shop.file.menu[0];
            let line = NewLine {
                item: item.key.clone(),
                quantity: 1,
                options: Vec::new(),
                unit_price: Some(item.price),
            };
            let Some(intent) = self.one_more_intent(shop, format!("quote-{number}"), vec![line]) else {
                return;
            };
            let apart = self.chances.races.between(0, 2 * APART_MILLIS);
            self.plan_send(Moment((at.0 + apart).saturating_sub(APART_MILLIS)), intent, 1);
        }
        let reprice = Happening::Reprice { shop: index, item: 0 };
        self.schedule.at(at, super::Happening::Race(reprice));
    }

    pub(super) fn race(&mut self, happening: Happening) {
        match happening {
            Happening::Reprice { shop, item } => {
                let file = &shops()[shop].file;
                let mut item = file.menu[item].clone();
                item.price.amount += 100;
                let shop = file.life.key.clone();
                self.order_catalog(CatalogCommand::DefineItem { shop, item: Box::new(item) });
            }
        }
    }

    /// Aims at what has just come to where it can be met.
    pub(super) fn races_see(&mut self, events: &[Arc<Recorded>]) {
        if !self.rough || self.plan.races.is_empty() {
            return;
        }
        for event in events {
            let Some(OrderId(order)) = event.subject.order else { continue };
            match event.event_type.as_ref() {
                "order-confirmed.v1" => self.race_two_cancels(order),
                "ticket-opened.v1" | "ticket-accepted.v1" => self.race_cancel_and_start(order),
                "order-placed.v1" => self.race_cancel_and_deadline(order),
                "order-payment-abandoned.v1" | "payment-outcome-unknown.v1" => self.race_refunds(order),
                "delivery-requested.v1" => self.race_courier_and_cancel(order),
                _ => {}
            }
        }
    }

    /// Not every one that could be aimed at is: later ones are to have their turn.
    fn aims_at_this(&mut self, race: Race) -> bool {
        self.aims.0[race as usize] > 0 && self.chances.races.hits(0.5) && self.aims_at(race)
    }

    fn race_two_cancels(&mut self, order: Uuid) {
        if self.aims_at_this(Race::TwoCancels) {
            let soon = self.soon();
            self.plan_cancel(soon, order, false);
            self.plan_cancel(soon, order, true);
        }
    }

    fn race_cancel_and_start(&mut self, order: Uuid) {
        if self.aims_at_this(Race::CancelOrStart) {
            let (soon, by_staff) = (self.soon(), self.chances.races.hits(0.3));
            self.plan_cancel(soon, order, by_staff);
            for _ in 0..2 {
                let after = self.soon();
                self.schedule.after(after, super::Happening::Staff(staff::Happening::Look { order }));
            }
        }
    }

    fn race_courier_and_cancel(&mut self, order: Uuid) {
        if self.aims_at_this(Race::CourierOrCancel) {
            let (soon, by_staff) = (self.soon(), self.chances.races.hits(0.3));
            self.plan_cancel(soon, order, by_staff);
            for _ in 0..2 {
                let after = self.soon();
                self.schedule.after(after, super::Happening::Staff(staff::Happening::LookOut { order }));
            }
        }
    }

    fn race_cancel_and_deadline(&mut self, order: Uuid) {
        let case = self.checker.cases.get(&order);
        let Some(life) = case.filter(|case| case.pays()).and_then(|case| case.life()) else {
            return;
        };
        let deadline = u64::try_from(life.payment.timeout_millis).unwrap_or(0);
        if self.aims_at_this(Race::CancelOrDeadline) {
            let after = (deadline + self.soon()).saturating_sub(APART_MILLIS);
            let by_staff = self.chances.races.hits(0.5);
            self.plan_cancel(after, order, by_staff);
        }
    }

    fn race_refunds(&mut self, order: Uuid) {
        if self.aims_at_this(Race::RefundOrLateCapture) {
            for _ in 0..REFUNDS {
                let after = self.chances.races.spread(1.0, LATE_CAPTURE_MILLIS) as u64;
                let amount = self.chances.races.hits(0.3).then_some(500);
                let refund = staff::Happening::Refund { order, amount };
                self.schedule.after(after, super::Happening::Staff(refund));
            }
        }
    }

    fn soon(&mut self) -> u64 {
        self.chances.races.between(1, 2 * APART_MILLIS)
    }

    fn plan_cancel(&mut self, after: u64, order: Uuid, by_staff: bool) {
        let cancel = customers::Happening::Cancel { order, by_staff };
        self.schedule.after(after, super::Happening::Customer(cancel));
    }
}
