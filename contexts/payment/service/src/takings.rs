//! What the ledger holds of a day: the double entries of orders that were booked on it.

use journal::{Position, Reader, StoreError};
use kernel::{Recorded, ShopKey, Timestamp};
use payment_contract::{PaidWith, PaymentEvent, Posting, Takings};
use payment_domain::shop_account;

/// Events read at once: others read and write between two pages.
const PAGE: usize = 1_000;

/// A day's sums, as far as the journal has been read. Times never go back in a journal, so that a day's
/// events stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayBook {
    shop: ShopKey,
    from: Timestamp,
    until: Timestamp,
    read: Position,
    /// What came in and went back.
    pub takings: Vec<Takings>,
}

impl DayBook {
    /// Opens the book of a shop's day where its events begin.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn open(
        store: &mut (impl Reader + ?Sized),
        shop: ShopKey,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Self, StoreError> {
        let (mut before, mut end) = (0, store.head()?);
        while before < end {
            let middle = before + (end - before) / 2;
            match store.read_after(middle, 1)?.first() {
                Some(event) if event.at < from => before = middle + 1,
                _ => end = middle,
            }
        }
        Ok(Self { shop, from, until, read: before, takings: Vec::new() })
    }

    /// When the day begins, and when the next one does.
    #[must_use]
    pub const fn bounds(&self) -> (Timestamp, Timestamp) {
        (self.from, self.until)
    }

    /// Reads a page on. Whether there may be more.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn read_on(&mut self, store: &mut (impl Reader + ?Sized)) -> Result<bool, StoreError> {
        let events = store.read_after(self.read, PAGE)?;
        for event in &events {
            if event.at >= self.until {
                return Ok(false);
            }
            self.take(event).map_err(|error| StoreError::Damaged {
                place: format!("events at position {}", event.position),
                detail: error.to_string(),
            })?;
            self.read = event.position;
        }
        Ok(events.len() == PAGE)
    }

    /// Adds an event, where it moved money of an order of this shop on this day.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn take(&mut self, event: &Recorded) -> Result<(), kernel::DecodeError> {
        let of_this_day = (self.from..self.until).contains(&event.at) && event.subject.shop == self.shop;
        if !of_this_day || !matches!(event.name(), "payment-approved" | "payment-refunded") {
            return Ok(());
        }
        match event.decode()? {
            PaymentEvent::Approved(approved) => self.book(&approved.postings),
            PaymentEvent::Refunded(refunded) => self.book(&refunded.postings),
            _ => {}
        }
        Ok(())
    }

    /// A credit to the shop came in, a debit went back.
    fn book(&mut self, postings: &[Posting]) {
        let account = shop_account(&self.shop);
        let with = PaidWith::of(postings);
        for posting in postings.iter().filter(|posting| posting.account == account) {
            let mut amount = posting.amount;
            if amount.amount < 0 {
                amount.amount = amount.amount.saturating_neg();
                Takings::take(&mut self.takings, with, amount);
            } else {
                Takings::give_back(&mut self.takings, with, amount);
            }
        }
    }
}
