use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use kernel::{OrderId, Recorded, Timestamp};
use payment_contract::DiscrepancyFoundV1;

use super::{ProviderReport, Reported, is_under_way, of_charge, order_of, reconcile};
use crate::provider::Charged;
use crate::provider::sandbox::{BookLine, OurBook, OurCharge, SandboxError, read_lines};

/// Both books as far as they have been read, for whoever compares them again and again: each time only what
/// is new is read, and only what is open is compared. What agrees and is over is set aside, in little room,
/// and taken out again when something is heard of it.
#[derive(Debug, Default)]
pub struct Books {
    ours: OurBook,
    theirs: ProviderReport,
    aside: BTreeMap<OrderId, Aside>,
    wanted: BTreeSet<OrderId>,
    position: u64,
    offset: u64,
}

/// How long after it was last heard of a charge is asked about, milliseconds. A provider's index may be some
/// minutes late, and what its book lacks is written off here.
const LEFT_ALONE_MILLIS: i64 = 10 * 60_000;

/// A charge that a provider who shows no book is to be asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Whose.
    pub order: OrderId,
    /// Its key there.
    pub key: String,
    /// The provider's code for its approval, where it was approved.
    pub code: Option<String>,
}

/// A charge that is over, and that both books have alike.
#[derive(Debug)]
struct Aside {
    key: Box<str>,
    reported: Option<Reported>,
}

impl Books {
    /// How far our journal has been read.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// How many charges are held against each other each time.
    #[must_use]
    pub fn open(&self) -> usize {
        self.ours.charges().count()
    }

    /// Reads on in the sandbox's book. Another book, one that is shorter than what was read, is read from
    /// its beginning, and so is ours.
    ///
    /// # Errors
    /// When the file cannot be read, or is no book: what was taken of it until then may be taken twice, so that
    /// these books are to be given up.
    pub fn read_theirs(&mut self, path: &Path) -> Result<(), SandboxError> {
        let len = std::fs::metadata(path).map_or(0, |file| file.len());
        if len < self.offset {
            *self = Self::default();
        }
        self.offset = read_lines(path, self.offset, |line| self.take_theirs(line))?;
        Ok(())
    }

    /// Takes the next line of the provider's book.
    pub fn take_theirs(&mut self, line: &BookLine) {
        let key = match line {
            BookLine::Captured { key, .. } | BookLine::Refunded { charge_key: key, .. } => key,
            BookLine::Declined { .. } | BookLine::Cancelled { .. } => return,
        };
        if let Some(order) = order_of(key) {
            self.take_up(order);
        }
        self.theirs.take(line);
    }

    /// Takes the next event of payment's journal.
    pub fn take_ours(&mut self, event: &Recorded) {
        self.position = event.position;
        self.take_up(OrderId(event.stream_id));
        // An order that was set aside is read from its beginning, this event and all.
        if !self.wanted.contains(&OrderId(event.stream_id)) {
            self.ours.take(event);
        }
    }

    /// Orders whose streams are needed once more before the books are compared.
    #[must_use]
    pub fn wanted(&self) -> Vec<OrderId> {
        self.wanted.iter().copied().collect()
    }

    /// Takes the stream of an order that was wanted.
    pub fn reload<'a>(&mut self, order: OrderId, events: impl IntoIterator<Item = &'a Recorded>) {
        if self.wanted.remove(&order) {
            // What was committed since is read in its turn.
            let read = events.into_iter().filter(|event| event.position <= self.position);
            read.for_each(|event| self.ours.take(event));
        }
    }

    /// Where the books differ, as of the time at which the provider's was read. What agrees and is over is
    /// set aside.
    pub fn differences(&mut self, read_at: Timestamp) -> Vec<DiscrepancyFoundV1> {
        let mut found = reconcile(&self.ours, &self.theirs, read_at);
        // Half of what there is to know says nothing.
        found.retain(|found| found.order.is_none_or(|order| !self.wanted.contains(&order)));
        let differing: BTreeSet<Option<OrderId>> = found.iter().map(|found| found.order).collect();
        let agreeing: Vec<OrderId> = self
            .ours
            .charges()
            .filter(|(_, charge)| !is_under_way(charge, read_at) && !charge.refund_open())
            .map(|(order, _)| order)
            .filter(|order| !differing.contains(&Some(*order)))
            .collect();
        for order in agreeing {
            self.set_aside(order);
        }
        found
    }

    /// The charges that a provider is to be asked about who shows no book: those that are over, and not yet
    /// known to agree. What was last heard of before `since`, or just now, is left alone.
    pub fn questions(&mut self, since: Timestamp, read_at: Timestamp) -> Vec<Question> {
        let old = self.ours.charges().filter(|(_, charge)| charge.settled() && charge.changed_at() < since);
        for order in old.map(|(order, _)| order).collect::<Vec<_>>() {
            self.set_aside(order);
        }
        let until = read_at.plus_millis(-LEFT_ALONE_MILLIS);
        let open = self.ours.charges().filter(|(order, charge)| {
            !is_under_way(charge, until) && !charge.refund_open() && !self.wanted.contains(order)
        });
        let question = |(order, charge): (OrderId, &OurCharge)| Question {
            order,
            key: charge.key().to_owned(),
            code: charge.code().map(str::to_owned),
        };
        open.map(question).collect()
    }

    /// Where the books differ about one charge, as the provider said of it after `read_at`; our journal was
    /// read once more since. What agrees is set aside.
    pub fn examined(
        &mut self,
        order: OrderId,
        charged: &Charged,
        read_at: Timestamp,
    ) -> Vec<DiscrepancyFoundV1> {
        let known = self.ours.charge(order).filter(|_| !self.wanted.contains(&order));
        let Some(charge) = known.filter(|charge| !is_under_way(charge, read_at) && !charge.refund_open())
        else {
            return Vec::new();
        };
        let mut found = of_charge(order, charge, Some(&Reported::from(charged)));
        found.retain(|found| !self.ours.has_settled(found));
        if found.is_empty() {
            self.set_aside(order);
        }
        found
    }

    fn set_aside(&mut self, order: OrderId) {
        if let Some(charge) = self.ours.take_out(order) {
            let reported = self.theirs.charges.remove(charge.key());
            self.aside.insert(order, Aside { key: charge.key().into(), reported });
        }
    }

    fn take_up(&mut self, order: OrderId) {
        if let Some(aside) = self.aside.remove(&order) {
            if let Some(reported) = aside.reported {
                self.theirs.charges.insert(aside.key.into(), reported);
            }
            self.wanted.insert(order);
        }
    }
}
