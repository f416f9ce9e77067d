//! The provider's book against ours, charge by charge: what differs, why, and what makes it agree.
//!
//! A pure function of both books ([`reconcile`]), and [`Books`], which reads only what is new and sets aside
//! what agrees. Whoever calls either reads the provider's book *first*: every charge in it
//! has its intent in ours then. What is still under way, and what happened after the provider's book was
//! read, is left for the next time. To add a kind of difference: a variant in `payment-contract`, its
//! remedy here, its planted case in `tests/it/reconcile.rs`.

mod books;

use std::collections::BTreeMap;
use std::path::Path;

use kernel::{Currency, Money, OrderId, Timestamp};
use payment_contract::{DiscrepancyFoundV1, DiscrepancyKind, Remedy};

use crate::provider::Charged;
use crate::provider::callback::order_of;
use crate::provider::sandbox::{BookLine, OurBook, OurCharge, SandboxError, approval_code, read_lines};

pub use books::{Books, Question};

/// How far the clocks of both books may be apart, milliseconds.
const GRACE_MILLIS: i64 = 2_000;

/// What a provider says happened, by charge: its book, or the report that it sends every night.
#[derive(Debug, Clone, Default)]
pub struct ProviderReport {
    charges: BTreeMap<String, Reported>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reported {
    captures: Vec<(Money, String)>,
    refunds: Vec<(Option<String>, Money)>,
}

impl ProviderReport {
    /// Reads the sandbox's book; empty where there is none.
    ///
    /// # Errors
    /// When the file cannot be read, or is no book.
    pub fn load(path: &Path) -> Result<Self, SandboxError> {
        let mut report = Self::default();
        read_lines(path, 0, usize::MAX, |line| report.take(line))?;
        Ok(report)
    }

    /// Takes the next line in.
    pub fn take(&mut self, line: &BookLine) {
        match line {
            BookLine::Captured { key, amount, number } => {
                self.charges.entry(key.clone()).or_default().captures.push((*amount, approval_code(*number)));
            }
            BookLine::Refunded { key, charge_key, amount } => {
                self.charges.entry(charge_key.clone()).or_default().refunds.push((key.clone(), *amount));
            }
            BookLine::Declined { .. } | BookLine::Cancelled { .. } => {}
        }
    }
}

impl From<&Charged> for Reported {
    fn from(charged: &Charged) -> Self {
        Self { captures: charged.captured.iter().cloned().collect(), refunds: charged.refunds.clone() }
    }
}

impl Reported {
    /// What a provider reports that has a charge as we have it.
    fn as_ours(charge: &OurCharge) -> Self {
        let captured = charge.captured().map(|amount| Money::new(amount, charge.currency()));
        let refund =
            |(key, amount): (&str, i64)| (Some(key.to_owned()), Money::new(amount, charge.currency()));
        Self {
            captures: captured
                .into_iter()
                .map(|money| (money, charge.code().unwrap_or_default().to_owned()))
                .collect(),
            refunds: charge.refunds().map(refund).collect(),
        }
    }

    /// Puts what was reported before in front of it.
    fn begin_with(&mut self, mut earlier: Self) {
        earlier.captures.append(&mut self.captures);
        earlier.refunds.append(&mut self.refunds);
        *self = earlier;
    }

    fn captured(&self) -> i64 {
        self.captures.iter().fold(0, |sum, (amount, _)| sum.saturating_add(amount.amount))
    }

    fn refunded(&self) -> i64 {
        self.refunds.iter().fold(0, |sum, (_, amount)| sum.saturating_add(amount.amount))
    }

    fn has_refund(&self, key: &str) -> bool {
        self.refunds.iter().any(|(refund, _)| refund.as_deref() == Some(key))
    }
}

/// Where the books differ, as of the time at which the provider's was read. What was found before is
/// found again: settling it is done once all the same.
#[must_use]
pub fn reconcile(ours: &OurBook, theirs: &ProviderReport, read_at: Timestamp) -> Vec<DiscrepancyFoundV1> {
    let mut found = Vec::new();
    for (order, charge) in ours.charges() {
        if !is_under_way(charge, read_at) {
            found.extend(of_charge(order, charge, theirs.charges.get(charge.key())));
        }
    }
    let strange =
        theirs.charges.iter().filter(|(key, reported)| !reported.captures.is_empty() && !ours.knows(key));
    found.extend(strange.filter_map(|(key, reported)| of_stranger(ours, key, reported)));
    found.retain(|found| !ours.has_settled(found));
    found
}

/// Whether something may still happen to a charge, or has just now.
fn is_under_way(charge: &OurCharge, read_at: Timestamp) -> bool {
    !charge.settled() || charge.changed_at().plus_millis(GRACE_MILLIS) > read_at
}

/// A charge that our book has.
fn of_charge(order: OrderId, charge: &OurCharge, reported: Option<&Reported>) -> Vec<DiscrepancyFoundV1> {
    let nothing = Reported::default();
    let reported = reported.unwrap_or(&nothing);
    let currency = charge.currency();
    let said = Said { order: Some(order), charge: Some(charge), key: charge.key(), currency };
    let ours = charge.captured().unwrap_or(0);
    let theirs = reported.captures.first().map_or(0, |(amount, _)| amount.amount);
    let mut found = Vec::new();
    match (charge.captured(), reported.captures.first()) {
        (None, Some((amount, code))) => {
            let remedy = Remedy::RecordHere { approval_code: code.clone() };
            let why = format!("the provider captured {amount} that was taken for declined or void here");
            found.push(said.found(DiscrepancyKind::CapturedUnknownToUs, 0, amount.amount, remedy, why));
        }
        (Some(_), None) => {
            let remedy = Remedy::WriteOff { amount: Money::new(ours, currency) };
            let why = "the capture stands here and the provider does not have it".to_owned();
            found.push(said.found(DiscrepancyKind::UnknownToThem, ours, 0, remedy, why));
        }
        (Some(_), Some(_)) if theirs > ours => {
            let remedy = said.back(theirs - ours, "excess");
            let why = "the provider captured more than was asked for".to_owned();
            found.push(said.found(DiscrepancyKind::WrongAmount, ours, theirs, remedy, why));
        }
        (Some(_), Some(_)) if theirs < ours => {
            let remedy = Remedy::WriteOff { amount: Money::new(ours - theirs, currency) };
            let why = "the provider captured less than was asked for".to_owned();
            found.push(said.found(DiscrepancyKind::WrongAmount, ours, theirs, remedy, why));
        }
        _ => {}
    }
    if reported.captures.len() > 1 {
        let remedy = said.back(reported.captured() - theirs, "double");
        let why = format!("the provider captured it {} times", reported.captures.len());
        found.push(said.found(DiscrepancyKind::DoubleCapture, ours, reported.captured(), remedy, why));
    }
    if !reported.captures.is_empty() {
        found.extend(lost_refunds(&said, charge, reported));
    }
    found
}

fn lost_refunds(said: &Said<'_>, charge: &OurCharge, reported: &Reported) -> Vec<DiscrepancyFoundV1> {
    let lost = charge.refunds().filter(|(key, _)| !reported.has_refund(key));
    let found = lost.map(|(key, amount)| {
        // Under its own key: a provider that has it after all does not give it twice.
        let remedy = Remedy::RefundThere { amount: Money::new(amount, said.currency), key: key.to_owned() };
        let why = "the refund is done here and the provider does not have it".to_owned();
        said.found(DiscrepancyKind::LostRefund, charge.refunded(), reported.refunded(), remedy, why)
    });
    found.collect()
}

/// A charge that our book has not; `None` where all of it is back already.
fn of_stranger(ours: &OurBook, key: &str, reported: &Reported) -> Option<DiscrepancyFoundV1> {
    let (first, _) = reported.captures.first()?;
    let order = order_of(key);
    let charge = order.and_then(|order| ours.charge(order));
    let said = Said { order, charge, key, currency: first.currency };
    let kept = reported.captured().saturating_sub(reported.refunded());
    if kept <= 0 {
        return None;
    }
    let remedy = said.back(kept, "unknown");
    Some(match charge.and_then(OurCharge::captured) {
        Some(captured) => {
            let why = "the provider captured the order's money under another key too".to_owned();
            let theirs = captured.saturating_add(kept);
            said.found(DiscrepancyKind::DoubleCapture, captured, theirs, remedy, why)
        }
        None => {
            let why = "the provider captured money under a key that was never used here".to_owned();
            said.found(DiscrepancyKind::CapturedUnknownToUs, 0, kept, remedy, why)
        }
    })
}

/// What every difference about one charge says.
struct Said<'a> {
    order: Option<OrderId>,
    charge: Option<&'a OurCharge>,
    key: &'a str,
    currency: Currency,
}

impl Said<'_> {
    fn back(&self, amount: i64, why: &str) -> Remedy {
        let key = format!("{}/reconciled/{why}", self.key);
        Remedy::RefundThere { amount: Money::new(amount, self.currency), key }
    }

    fn found(
        &self,
        kind: DiscrepancyKind,
        ours: i64,
        theirs: i64,
        remedy: Remedy,
        explanation: String,
    ) -> DiscrepancyFoundV1 {
        DiscrepancyFoundV1 {
            kind,
            charge_key: self.key.to_owned(),
            order: self.order,
            shop: self.charge.map(|charge| charge.shop().clone()),
            ours: Money::new(ours, self.currency),
            theirs: Money::new(theirs, self.currency),
            remedy,
            explanation,
        }
    }
}
