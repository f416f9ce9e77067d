use std::collections::BTreeMap;

use journal::MemoryJournal;
use kernel::{Currency, Recorded, ShopKey, Timestamp};
use payment_contract::{DayClosedV1, DayEvent, PaidWith, Posting, Takings};
use tracking_service::{Generation, all_days};
use uuid::Uuid;

use super::Checker;

/// Money of orders as it was booked, and the days that were closed.
#[derive(Default)]
pub(super) struct Days {
    booked: Vec<Booked>,
    closed: Vec<(ShopKey, DayClosedV1)>,
}

/// What an order moved at its shop.
struct Booked {
    shop: ShopKey,
    at: Timestamp,
    with: PaidWith,
    currency: Currency,
    /// Less than nothing where it went back.
    amount: i64,
}

/// What came in, what went back, and how often.
type Sums = BTreeMap<(PaidWith, Currency), (i64, i64, u64, u64)>;

/// Days: I33, I34.
impl Checker {
    /// What an event books at its shop, by the way that its order was paid.
    pub(super) fn book_of_day(&mut self, event: &Recorded, postings: &[Posting]) {
        let by_deposit = self.cases.get(&event.stream_id).is_some_and(|case| case.payment.by_deposit);
        let account = format!("shop/{}", event.subject.shop);
        for posting in postings.iter().filter(|posting| posting.account == account) {
            self.days.booked.push(Booked {
                shop: event.subject.shop.clone(),
                at: event.at,
                with: if by_deposit { PaidWith::Deposit } else { PaidWith::Card },
                currency: posting.amount.currency,
                amount: -posting.amount.amount,
            });
        }
    }

    /// I34: a day is closed once, behind its end, with the next number, and with what was booked on it.
    pub(super) fn day_closed(&mut self, event: &Recorded) {
        let closed = match event.decode::<DayEvent>() {
            Ok(DayEvent::Closed(closed)) => closed,
            Err(error) => return self.unreadable(event, &error),
        };
        let shop = event.subject.shop.clone();
        let before = self.days.closed.iter().filter(|(of, _)| *of == shop);
        let (number, twice) = before.fold((1, false), |(number, twice), (_, earlier)| {
            (number + 1, twice || earlier.day == closed.day)
        });
        let booked = self.booked_between(&shop, closed.from, closed.until);
        let mut wrong = Vec::new();
        if twice {
            wrong.push("closed twice".to_owned());
        }
        if closed.number != number {
            wrong.push(format!("closed as number {} instead of {number}", closed.number));
        }
        if event.at < closed.until {
            wrong.push(format!("closed at {}, before its end", event.at));
        }
        if sums_of(&closed.takings) != booked {
            wrong.push(format!("closed with {:?}, booked are {booked:?}", closed.takings));
        }
        for what in wrong {
            self.violation("I34", None, format!("{} of {shop} was {what}", closed.day));
        }
        self.days.closed.push((shop, closed));
    }

    fn booked_between(&self, shop: &ShopKey, from: Timestamp, until: Timestamp) -> Sums {
        let mut sums = Sums::new();
        for booked in &self.days.booked {
            if booked.shop == *shop && (from..until).contains(&booked.at) {
                let (gross, back, payments, refunds) =
                    sums.entry((booked.with, booked.currency)).or_default();
                if booked.amount > 0 {
                    (*gross, *payments) = (*gross + booked.amount, *payments + 1);
                } else {
                    (*back, *refunds) = (*back - booked.amount, *refunds + 1);
                }
            }
        }
        sums
    }

    /// I33: every day shows each order once, on the day on which it was placed, the money that was booked
    /// on it, and its closing; and no closing misses what came late.
    pub(super) fn days_at_rest(&mut self, tracking: &mut MemoryJournal) {
        let shown = match Generation::live(tracking).and_then(|live| all_days(tracking, live)) {
            Ok(shown) => shown,
            Err(error) => return self.violation("I33", None, error.to_string()),
        };
        let mut placed: BTreeMap<ShopKey, u64> = BTreeMap::new();
        let mut wrong: Vec<(&'static str, Option<Uuid>, String)> = Vec::new();
        for ((shop, day), tally) in &shown {
            let Some((_, life)) = self.shops.current(shop) else { continue };
            let (from, until) = life.bounds_of(*day);
            let booked = self.booked_between(shop, from, until);
            if sums_of(tally.takings()) != booked {
                let what = format!("{day} of {shop} shows {:?}, booked are {booked:?}", tally.takings());
                wrong.push(("I33", None, what));
            }
            let on_that_day = self.cases.values().filter_map(|case| case.placed.as_ref());
            let on_that_day = on_that_day
                .filter(|placed| placed.shop == *shop && (from..until).contains(&placed.order.placed_at));
            let counted = on_that_day.count() as u64;
            if tally.placed() != counted {
                let what = format!("{day} of {shop} counts {} orders of {counted}", tally.placed());
                wrong.push(("I33", None, what));
            }
            *placed.entry(shop.clone()).or_default() += counted;
            let closing = self.days.closed.iter().find(|(of, closed)| of == shop && closed.day == *day);
            let number = closing.map(|(_, closed)| closed.number);
            let told = tally.view(shop, *day).closing.map(|closing| closing.number);
            if told != number {
                let what = format!("{day} of {shop} is shown as closing {told:?} instead of {number:?}");
                wrong.push(("I33", None, what));
            }
        }
        for (shop, closed) in &self.days.closed {
            if !shown.contains_key(&(shop.clone(), closed.day)) {
                wrong.push(("I33", None, format!("{} of {shop} is closed and not shown", closed.day)));
            }
            if sums_of(&closed.takings) != self.booked_between(shop, closed.from, closed.until) {
                let what = format!("something was booked on {} of {shop} after it was closed", closed.day);
                wrong.push(("I34", None, what));
            }
        }
        let of_days: u64 = placed.values().sum();
        let orders = self.cases.values().filter(|case| case.placed.is_some()).count() as u64;
        if of_days != orders {
            wrong.push(("I33", None, format!("the days count {of_days} orders of {orders}")));
        }
        for (invariant, order, what) in wrong {
            self.violation(invariant, order, what);
        }
    }
}

fn sums_of(takings: &[Takings]) -> Sums {
    let sums = takings.iter().map(|way| {
        let sums = (way.gross.amount, way.refunds.amount, way.payments, way.refunds_count);
        ((way.with, way.gross.currency), sums)
    });
    sums.collect()
}
