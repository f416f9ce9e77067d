//! Money on its way back: steps, each with a key of its own at the provider.

use kernel::Money;
use payment_contract::{PaymentEvent, RefundProposedV1, RefundRequestedV1};

use crate::{Terms, VoidCause};

/// Money on its way back, or back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Which, from 1.
    pub step: u32,
    /// How much.
    pub amount: Money,
    /// The key at the provider.
    pub provider_key: String,
    /// Why.
    pub reason: String,
    /// Whether the order never stood.
    pub withdrawn: bool,
    /// Whether a second person confirmed it.
    pub confirmed: bool,
    /// Whether the money is back.
    pub done: bool,
}

/// A refund that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Which, from 1.
    pub number: u32,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Who proposes it.
    pub proposed_by: String,
}

/// A person who gives money back, and how much of a payment one may give alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Giver {
    /// Who.
    pub name: String,
    /// The most that one person gives back of a payment alone, minor units; any amount where not said.
    pub alone_max: Option<i64>,
}

/// Whether so much more is beyond what one person gives back alone. Steps count together.
pub(crate) fn needs_second(refunds: &[Refund], amount: Money, giver: &Giver) -> bool {
    let alone = refunds.iter().filter(|refund| !refund.confirmed);
    let given = alone.fold(0i64, |sum, refund| sum.saturating_add(refund.amount.amount));
    giver.alone_max.is_some_and(|max| given.saturating_add(amount.amount) > max)
}

/// Proposes a part, for a second person to confirm.
pub(crate) fn propose(proposed: u32, amount: Money, reason: String, giver: Giver) -> PaymentEvent {
    let proposal = proposed.saturating_add(1);
    PaymentEvent::RefundProposed(RefundProposedV1 { proposal, amount, reason, proposed_by: giver.name })
}

/// Calls a part back that a second person confirmed.
pub(crate) fn confirmed_back(terms: &Terms, refunds: &[Refund], proposal: &Proposal) -> PaymentEvent {
    match next(terms, refunds, proposal.amount, proposal.reason.clone(), false) {
        PaymentEvent::RefundRequested(wish) => {
            PaymentEvent::RefundRequested(RefundRequestedV1 { proposal: Some(proposal.number), ..wish })
        }
        other => other,
    }
}

impl From<&RefundRequestedV1> for Refund {
    fn from(wish: &RefundRequestedV1) -> Self {
        Self {
            step: wish.step,
            amount: wish.amount,
            provider_key: wish.provider_key.clone(),
            reason: wish.reason.clone(),
            withdrawn: wish.withdrawn,
            confirmed: wish.proposal.is_some(),
            done: false,
        }
    }
}

/// Captured and not on its way back.
pub(crate) fn left(terms: &Terms, refunds: &[Refund]) -> Money {
    let gone = refunds.iter().fold(0i64, |sum, refund| sum.saturating_add(refund.amount.amount));
    Money::new(terms.amount.amount.saturating_sub(gone), terms.amount.currency)
}

/// Calls a part back, because somebody wishes it.
pub(crate) fn part_back(terms: &Terms, refunds: &[Refund], amount: Money, reason: String) -> PaymentEvent {
    next(terms, refunds, amount, reason, false)
}

/// Calls all that is left back, because the order does not want its payment.
pub(crate) fn void_back(terms: &Terms, refunds: &[Refund], cause: VoidCause) -> Vec<PaymentEvent> {
    let (reason, withdrawn) = (cause.as_str().to_owned(), cause == VoidCause::Abandoned);
    match left(terms, refunds) {
        left if left.amount <= 0 => vec![],
        left => vec![next(terms, refunds, left, reason, withdrawn)],
    }
}

fn next(terms: &Terms, refunds: &[Refund], amount: Money, reason: String, withdrawn: bool) -> PaymentEvent {
    let step = refunds.last().map_or(1, |last| last.step.saturating_add(1));
    let provider_key = format!("{}/refund/{step}", terms.provider_key);
    PaymentEvent::RefundRequested(RefundRequestedV1 {
        step,
        amount,
        provider_key,
        reason,
        withdrawn,
        proposal: None,
    })
}
