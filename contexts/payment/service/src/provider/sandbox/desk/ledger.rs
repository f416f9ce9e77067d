//! The book as whoever asks about one charge needs it.

use std::collections::BTreeMap;
use std::path::Path;

use kernel::Money;

use super::super::adapter::{SandboxError, read_lines};
use super::super::book::approval_code;
use super::super::line::BookLine;

/// Every charge by its key.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    offset: u64,
    charges: BTreeMap<String, Entry>,
}

/// What became of a charge.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Of how much; books of before do not say it of what was declined, and nothing says it of what was
    /// called off.
    pub(super) amount: Option<Money>,
    pub(super) outcome: Outcome,
    /// What went back: under which key, how much.
    pub(super) refunds: Vec<(Option<String>, Money)>,
}

#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Captured { code: String },
    Declined { reason: String },
    Cancelled,
}

impl Entry {
    fn of(amount: Option<Money>, outcome: Outcome) -> Self {
        Self { amount, outcome, refunds: Vec::new() }
    }

    /// How much of it is still here.
    pub(super) fn balance(&self) -> i64 {
        let captured = match self.outcome {
            Outcome::Captured { .. } => self.amount.map_or(0, |amount| amount.amount),
            _ => 0,
        };
        self.refunds.iter().fold(captured, |left, (_, amount)| left.saturating_sub(amount.amount))
    }
}

impl Ledger {
    /// Reads what was written since.
    pub(super) fn read_on(&mut self, book: &Path) -> Result<(), SandboxError> {
        let Self { offset, charges } = self;
        *offset = read_lines(book, *offset, usize::MAX, |line| take(charges, line))?;
        Ok(())
    }

    pub(super) fn charge(&self, key: &str) -> Option<&Entry> {
        self.charges.get(key)
    }

    pub(super) fn charges(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.charges.iter().map(|(key, entry)| (key.as_str(), entry))
    }

    /// The charge that a refund's key went back of.
    pub(super) fn refunded(&self, refund: &str) -> Option<(&str, &Entry)> {
        self.charges().find(|(_, entry)| entry.refunds.iter().any(|(key, _)| key.as_deref() == Some(refund)))
    }
}

fn take(charges: &mut BTreeMap<String, Entry>, line: &BookLine) {
    match line {
        BookLine::Captured { key, amount, number } => {
            let outcome = Outcome::Captured { code: approval_code(*number) };
            charges.insert(key.clone(), Entry::of(Some(*amount), outcome));
        }
        BookLine::Declined { key, amount, reason } => {
            charges.insert(key.clone(), Entry::of(*amount, Outcome::Declined { reason: reason.clone() }));
        }
        BookLine::Cancelled { key } => {
            charges.insert(key.clone(), Entry::of(None, Outcome::Cancelled));
        }
        BookLine::Refunded { key, charge_key, amount } => {
            if let Some(entry) = charges.get_mut(charge_key) {
                entry.refunds.push((key.clone(), *amount));
            }
        }
    }
}
