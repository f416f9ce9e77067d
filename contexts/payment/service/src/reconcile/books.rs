use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use kernel::{Aggregate as _, OrderId, Recorded, Timestamp};
use payment_contract::DiscrepancyFoundV1;
use payment_domain::Payment;

use super::{ProviderReport, Reported, is_under_way, of_charge, order_of, reconcile};
use crate::provider::Charged;
use crate::provider::sandbox::{BookLine, OurBook, OurCharge, SandboxError, read_lines};

/// Both books as far as they have been read, for whoever compares them again and again: each time only what
/// is new is read, and only what is open is compared.
///
/// What agrees and is over is forgotten: that both have it alike is all there is to know. When something is
/// heard of it again its stream is read once more, and what the provider had of it then is what we had. So
/// the room they take is that of what is open, however much both books hold.
#[derive(Debug, Default)]
pub struct Books {
    ours: OurBook,
    theirs: ProviderReport,
    /// What the provider has of charges that are over and settled, where it is not what we have.
    aside: BTreeMap<OrderId, Reported>,
    /// Orders whose streams are needed, and up to which version both books have them alike.
    wanted: BTreeMap<OrderId, u64>,
    /// Orders that pay by deposit, from when they ask to what comes of it.
    deposits: BTreeSet<OrderId>,
    /// The orders of the last lines of the provider's.
    newest: VecDeque<OrderId>,
    position: u64,
    offset: u64,
}

/// How long after it was last heard of a charge is asked about, milliseconds. A provider's index may be some
/// minutes late, and what its book lacks is written off here.
const LEFT_ALONE_MILLIS: i64 = 10 * 60_000;

/// Of so many of the provider's last lines one at least is expected to be about a charge of ours.
const NEWEST: usize = 16;

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

    /// Reads on in the sandbox's book, up to so many lines; whether there may be more. Another book, one that
    /// is shorter than what was read, is read from its beginning, and so is ours.
    ///
    /// # Errors
    /// When the file cannot be read, or is no book: what was taken of it until then may be taken twice, so that
    /// these books are to be given up.
    pub fn read_theirs(&mut self, path: &Path, lines_max: usize) -> Result<bool, SandboxError> {
        let len = std::fs::metadata(path).map_or(0, |file| file.len());
        if len < self.offset {
            *self = Self::default();
        }
        let mut lines = 0;
        self.offset = read_lines(path, self.offset, lines_max, |line| {
            lines += 1;
            self.take_theirs(line);
        })?;
        Ok(lines == lines_max)
    }

    /// Takes the next line of the provider's book.
    pub fn take_theirs(&mut self, line: &BookLine) {
        let key = match line {
            BookLine::Captured { key, .. } | BookLine::Refunded { charge_key: key, .. } => key,
            BookLine::Declined { .. } | BookLine::Cancelled { .. } => return,
        };
        self.theirs.take(line);
        if let Some(order) = order_of(key) {
            self.newest.truncate(NEWEST - 1);
            self.newest.push_front(order);
        }
    }

    /// Whether our journal has been read as far as the provider's book.
    #[must_use]
    pub fn are_level(&self) -> bool {
        self.newest.is_empty() || self.newest.iter().any(|order| self.ours.charge(*order).is_some())
    }

    /// Takes the next event of payment's journal.
    pub fn take_ours(&mut self, event: &Recorded) {
        self.position = event.position;
        let order = OrderId(event.stream_id);
        if &*event.stream_kind != Payment::KIND || self.ours.charge(order).is_some() {
            return self.ours.take(event);
        }
        if self.wanted.contains_key(&order) || self.deposits.remove(&order) {
            return;
        }
        if event.version > 1 {
            // It was set aside, and both had it alike up to here.
            self.wanted.insert(order, event.version - 1);
            return;
        }
        self.ours.take(event);
        if event.name() == "payment-requested" && self.ours.charge(order).is_none() {
            self.deposits.insert(order);
        }
    }

    /// Orders whose streams are needed once more before the books are compared; to be asked when both books
    /// have been read to their ends.
    pub fn wanted(&mut self) -> Vec<OrderId> {
        let orders = self.theirs.charges.keys().filter_map(|key| order_of(key));
        for order in orders.filter(|order| self.ours.charge(*order).is_none()) {
            // Only the provider has said something new of it.
            self.wanted.entry(order).or_insert(u64::MAX);
        }
        self.wanted.keys().copied().collect()
    }

    /// Takes the stream of an order that was wanted.
    pub fn reload<'a>(&mut self, order: OrderId, events: impl IntoIterator<Item = &'a Recorded>) {
        let Some(alike_up_to) = self.wanted.remove(&order) else { return };
        // What was committed since is read in its turn.
        let read = events.into_iter().filter(|event| event.position <= self.position);
        let (alike, new): (Vec<_>, Vec<_>) = read.partition(|event| event.version <= alike_up_to);
        alike.into_iter().for_each(|event| self.ours.take(event));
        if let Some(charge) = self.ours.charge(order) {
            let reported = self.aside.remove(&order).unwrap_or_else(|| Reported::as_ours(charge));
            self.theirs.charges.entry(charge.key().to_owned()).or_default().begin_with(reported);
        }
        new.into_iter().for_each(|event| self.ours.take(event));
    }

    /// Where the books differ, as of the time at which the provider's was read. What agrees and is over is
    /// set aside.
    pub fn differences(&mut self, read_at: Timestamp) -> Vec<DiscrepancyFoundV1> {
        let mut found = reconcile(&self.ours, &self.theirs, read_at);
        // Half of what there is to know says nothing.
        found.retain(|found| found.order.is_none_or(|order| !self.wanted.contains_key(&order)));
        let differing: BTreeSet<Option<OrderId>> = found.iter().map(|found| found.order).collect();
        let agreeing: Vec<OrderId> = self
            .ours
            .charges()
            .filter(|(_, charge)| !is_under_way(charge, read_at) && !charge.refund_open())
            .map(|(order, _)| order)
            .filter(|order| !differing.contains(&Some(*order)))
            .collect();
        for order in agreeing {
            if let Some(charge) = self.ours.take_out(order) {
                let reported = self.theirs.charges.remove(charge.key()).unwrap_or_default();
                if reported != Reported::as_ours(&charge) {
                    self.aside.insert(order, reported);
                }
            }
        }
        found
    }

    /// Leaves alone what was last heard of before `since` and is over: a provider that shows no book is not
    /// asked about it.
    pub fn leave_alone(&mut self, since: Timestamp) {
        let old = self.ours.charges().filter(|(_, charge)| charge.settled() && charge.changed_at() < since);
        for order in old.map(|(order, _)| order).collect::<Vec<_>>() {
            self.forget(order);
        }
    }

    /// The charges that a provider is to be asked about who shows no book: those that are over, and not yet
    /// known to agree. What was last heard of before `since`, or just now, is left alone.
    pub fn questions(&mut self, since: Timestamp, read_at: Timestamp) -> Vec<Question> {
        self.leave_alone(since);
        let until = read_at.plus_millis(-LEFT_ALONE_MILLIS);
        let open = self.ours.charges().filter(|(order, charge)| {
            !is_under_way(charge, until) && !charge.refund_open() && !self.wanted.contains_key(order)
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
        let known = self.ours.charge(order).filter(|_| !self.wanted.contains_key(&order));
        let Some(charge) = known.filter(|charge| !is_under_way(charge, read_at) && !charge.refund_open())
        else {
            return Vec::new();
        };
        let mut found = of_charge(order, charge, Some(&Reported::from(charged)));
        found.retain(|found| !self.ours.has_settled(found));
        if found.is_empty() {
            self.forget(order);
        }
        found
    }

    fn forget(&mut self, order: OrderId) {
        if let Some(charge) = self.ours.take_out(order) {
            self.theirs.charges.remove(charge.key());
        }
    }
}
