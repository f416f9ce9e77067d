//! Giving captured money back.

use kernel::{Money, OrderId, ShopKey, Subject};
use payment_contract::RefundRequestedV1;
use payment_domain::Terms;
use runtime::Turn;
use serde::{Deserialize, Serialize};

use crate::config::PaymentConfig;

/// The kind of the effect.
pub(super) const REFUND: &str = "refund";

/// What is to go back: all that is needed, so that whoever does it asks nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundWork {
    /// Whose.
    pub order: OrderId,
    /// The order's shop.
    pub shop: ShopKey,
    /// The order's number.
    pub order_number: u64,
    /// Which refund of this payment.
    pub step: u32,
    /// The refund's own key.
    pub key: String,
    /// The key of the charge that it gives back.
    pub charge_key: String,
    /// How much.
    pub amount: Money,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// The money is back.
    Done,
    /// The provider says that it will not give it back.
    Refused {
        /// Why.
        reason: String,
    },
    /// Not known.
    Unknown {
        /// What happened instead of an answer.
        cause: String,
    },
}

impl RefundWork {
    pub(super) fn new(subject: &Subject, order: OrderId, terms: &Terms, wish: &RefundRequestedV1) -> Self {
        Self {
            order,
            shop: subject.shop.clone(),
            order_number: subject.order_number,
            step: wish.step,
            key: wish.provider_key.clone(),
            charge_key: terms.provider_key.clone(),
            amount: wish.amount,
        }
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::order(self.shop.clone(), self.order, self.order_number)
    }

    pub(crate) fn effect_key(&self) -> String {
        effect_key(self.order, self.step)
    }

    fn payload(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

pub(super) fn start(config: &PaymentConfig, work: &RefundWork, turn: &mut Turn<'_>) {
    turn.start_effect(work.effect_key(), REFUND, Some(work.order), work.payload(), config.lease_millis);
}

/// Money that is back is not asked for any longer.
pub(crate) fn finish_refund(order: OrderId, step: u32, turn: &mut Turn<'_>) {
    turn.finish_effect(effect_key(order, step));
}

fn effect_key(order: OrderId, step: u32) -> String {
    format!("{REFUND}/{order}/{step}")
}

/// Plans to ask the provider again.
pub(crate) fn refund_again(config: &PaymentConfig, work: &RefundWork, attempt: u32, turn: &mut Turn<'_>) {
    let at = turn.now().plus_millis(config.backoff_millis(attempt));
    turn.retry_effect(work.effect_key(), REFUND, Some(work.order), work.payload(), attempt, at);
}
