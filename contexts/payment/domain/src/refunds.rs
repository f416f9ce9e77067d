//! Money on its way back: steps, each with a key of its own at the provider.

use kernel::Money;
use payment_contract::{PaymentEvent, RefundRequestedV1};

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
    /// Whether the money is back.
    pub done: bool,
}

impl From<&RefundRequestedV1> for Refund {
    fn from(wish: &RefundRequestedV1) -> Self {
        Self {
            step: wish.step,
            amount: wish.amount,
            provider_key: wish.provider_key.clone(),
            reason: wish.reason.clone(),
            withdrawn: wish.withdrawn,
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

/// Calls all that is left back, because somebody wishes it; nothing where all of it is back or on
/// its way.
pub(crate) fn rest_back(terms: &Terms, refunds: &[Refund], reason: String) -> Vec<PaymentEvent> {
    match left(terms, refunds) {
        left if left.amount <= 0 => vec![],
        left => vec![part_back(terms, refunds, left, reason)],
    }
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
    PaymentEvent::RefundRequested(RefundRequestedV1 { step, amount, provider_key, reason, withdrawn })
}
