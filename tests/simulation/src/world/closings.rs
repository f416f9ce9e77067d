//! Shops close their days: when they are over, before that, twice, and while the program is down.

use kernel::Timestamp;
use payment_service::{CloseWish, Command, DayBook};

use super::{BEGINS_AT, OPENS_MILLIS, World, staff};
use crate::moment::Moment;
use crate::role::Role;
use crate::shops::shops;

#[derive(Debug)]
pub(crate) enum Happening {
    /// Somebody wants to close the day so many days ago, and begins to read its book.
    Wished { shop: usize, days_ago: i64 },
    /// The book was read, and payment is told.
    Read(Box<CloseWish>),
}

const DAY_MILLIS: u64 = 24 * 3_600_000;
const READING_MAX_MILLIS: u64 = 2_000;
/// So many of a hundred runs go on until the day is over, and close it.
const OF_A_HUNDRED: u64 = 40;

impl World {
    pub(super) fn plan_closings(&mut self) {
        let until = OPENS_MILLIS + self.plan.chaos_millis;
        for shop in 0..shops().len() {
            for _ in 0..self.chances.closings.between(0, 2) {
                let at = Moment(self.chances.closings.between(OPENS_MILLIS, until));
                let days_ago = i64::try_from(self.chances.closings.between(0, 2)).unwrap_or(0);
                self.schedule.at(at, super::Happening::Closing(Happening::Wished { shop, days_ago }));
            }
        }
        self.days_are_closed = self.chances.closings.between(0, 99) >= OF_A_HUNDRED;
    }

    /// The day that a run was on is over: every shop closes it, some twice. How long that takes; nothing
    /// where it was done, or is not done in this run.
    pub(super) fn plan_last_closings(&mut self) -> Option<u64> {
        if std::mem::replace(&mut self.days_are_closed, true) {
            return None;
        }
        for shop in 0..shops().len() {
            for _ in 0..self.chances.closings.between(1, 2) {
                let after = DAY_MILLIS + self.chances.closings.between(0, READING_MAX_MILLIS);
                let wished = Happening::Wished { shop, days_ago: 1 };
                self.schedule.after(after, super::Happening::Closing(wished));
            }
        }
        Some(DAY_MILLIS + 60_000)
    }

    pub(super) fn closing_happens(&mut self, happening: Happening) {
        match happening {
            Happening::Wished { shop, days_ago } => self.read_book(shop, days_ago),
            Happening::Read(wish) if self.payment.is_up() => {
                let (ticket, causation) = (self.ticket(), self.causation());
                self.payment.bring_command(ticket, Command::CloseDay(wish), staff::staff(), causation);
                self.wake_after(Role::Payment, 1);
            }
            Happening::Read(_) => {}
        }
    }

    /// Reads the book as it is on the disk; what is booked while somebody reads is payment's to add.
    fn read_book(&mut self, shop: usize, days_ago: i64) {
        let life = &shops()[shop].file.life;
        let now = Timestamp::from_millis(BEGINS_AT).plus_millis(self.schedule.now().0 as i64);
        let day = life.day_of(now.plus_millis(-days_ago * DAY_MILLIS as i64));
        let store = &mut self.stores[Role::Payment as usize];
        let opened = DayBook::open(store, life.key.clone(), life.bounds_of(day));
        let read = opened.and_then(|mut book| {
            while book.read_on(store)? {}
            Ok(book)
        });
        match read {
            Ok(book) => {
                let wish = CloseWish { shop: life.key.clone(), day, book, key: None };
                let after = self.chances.closings.between(0, READING_MAX_MILLIS);
                self.schedule.after(after, super::Happening::Closing(Happening::Read(Box::new(wish))));
            }
            Err(error) => self.checker.violation("I34", None, format!("the day cannot be read: {error}")),
        }
    }
}
