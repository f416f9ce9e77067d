//! Capturing an order's money, and calling the capture off.

use kernel::{Money, OrderId, ShopKey, Subject};
use payment_domain::Terms;
use runtime::Turn;
use serde::{Deserialize, Serialize};

use crate::config::PaymentConfig;

/// What is to become of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChargeKind {
    /// Capture it.
    Authorize,
    /// Call it off, or learn that it is too late for that.
    Withdraw,
}

impl ChargeKind {
    /// The kind of the effect.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Withdraw => "withdraw",
        }
    }

    fn effect_key(self, order: OrderId) -> String {
        format!("{}/{order}", self.as_str())
    }
}

/// What is to be done about a charge: all that is needed, so that whoever does it asks nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeWork {
    /// What.
    pub kind: ChargeKind,
    /// Whose.
    pub order: OrderId,
    /// The order's shop.
    pub shop: ShopKey,
    /// The order's number.
    pub order_number: u64,
    /// The charge's key.
    pub key: String,
    /// How much.
    pub amount: Money,
    /// With what.
    pub method: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeOutcome {
    /// It is captured.
    Approved {
        /// The provider's code.
        code: String,
    },
    /// It is not captured and never will be.
    Declined {
        /// Why.
        reason: String,
    },
    /// Not known.
    Unknown {
        /// What happened instead of an answer.
        cause: String,
    },
}

impl ChargeWork {
    pub(super) fn new(kind: ChargeKind, subject: &Subject, order: OrderId, terms: &Terms) -> Self {
        Self {
            kind,
            order,
            shop: subject.shop.clone(),
            order_number: subject.order_number,
            key: terms.provider_key.clone(),
            amount: terms.amount,
            method: terms.method.clone(),
        }
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::order(self.shop.clone(), self.order, self.order_number)
    }

    pub(crate) fn effect_key(&self) -> String {
        self.kind.effect_key(self.order)
    }

    fn payload(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

pub(super) fn start(config: &PaymentConfig, work: &ChargeWork, turn: &mut Turn<'_>) {
    turn.start_effect(
        work.effect_key(),
        work.kind.as_str(),
        Some(work.order),
        work.payload(),
        config.lease_millis,
    );
}

/// No charge of this order is to be worked on any longer.
pub(super) fn finish(kinds: &[ChargeKind], order: OrderId, turn: &mut Turn<'_>) {
    for kind in kinds {
        turn.finish_effect(kind.effect_key(order));
    }
}

/// Plans to ask the provider again.
pub(crate) fn charge_again(config: &PaymentConfig, work: &ChargeWork, attempt: u32, turn: &mut Turn<'_>) {
    let at = turn.now().plus_millis(config.backoff_millis(attempt));
    turn.retry_effect(work.effect_key(), work.kind.as_str(), Some(work.order), work.payload(), attempt, at);
}
