//! Giving back at the provider what its book has and ours has not, or has twice.

use kernel::{Money, OrderId};
use runtime::Turn;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::config::PaymentConfig;

/// The kind of the effect.
pub(super) const CORRECT: &str = "correct";

/// What is to go back: all that is needed, so that whoever does it asks nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionWork {
    /// The difference that it settles.
    pub discrepancy: Uuid,
    /// The order that it is about.
    pub order: Option<OrderId>,
    /// The refund's own key.
    pub key: String,
    /// The key of the charge that it gives back.
    pub charge_key: String,
    /// How much.
    pub amount: Money,
}

impl CorrectionWork {
    pub(crate) fn effect_key(&self) -> String {
        format!("{CORRECT}/{}", self.discrepancy)
    }

    fn payload(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

pub(crate) fn start_correction(config: &PaymentConfig, work: &CorrectionWork, turn: &mut Turn<'_>) {
    turn.start_effect(work.effect_key(), CORRECT, work.order, work.payload(), config.lease_millis);
}

/// Plans to ask the provider again.
pub(crate) fn correct_again(
    config: &PaymentConfig,
    work: &CorrectionWork,
    attempt: u32,
    turn: &mut Turn<'_>,
) {
    let at = turn.now().plus_millis(config.backoff_millis(attempt));
    turn.retry_effect(work.effect_key(), CORRECT, work.order, work.payload(), attempt, at);
}
