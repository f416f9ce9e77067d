//! Telling a webhook again what it was told before, a page at a time.

use kernel::ShopKey;
use notification_contract::WebhookId;
use runtime::Turn;
use serde::{Deserialize, Serialize};

use crate::config::NotificationConfig;

/// The kind of the effect.
pub(super) const REPLAY: &str = "replay-webhook";

/// What is to be told again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayWork {
    /// The shop.
    pub shop: ShopKey,
    /// The webhook.
    pub webhook: WebhookId,
    /// It was told again up to this number.
    pub reached: u64,
    /// The last number to tell again.
    pub until: u64,
    /// How many it took so far.
    pub messages: u64,
}

/// What came of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayOutcome {
    /// It was told again up to this number.
    pub reached: u64,
    /// How many it took of this page.
    pub messages: u64,
    /// Why it took no more.
    pub failure: Option<String>,
}

impl ReplayWork {
    pub(crate) fn effect_key(&self) -> String {
        format!("{REPLAY}/{}", self.webhook)
    }

    fn payload(&self) -> Vec<u8> {
        // Texts and numbers: writing them cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(crate) fn start(&self, config: &NotificationConfig, turn: &mut Turn<'_>) {
        turn.start_effect(self.effect_key(), REPLAY, None, self.payload(), config.lease_millis);
    }

    /// Plans the attempt after this one.
    pub(crate) fn start_again(&self, config: &NotificationConfig, attempt: u32, turn: &mut Turn<'_>) {
        let at = turn.now().plus_millis(config.backoff_millis(attempt));
        turn.retry_effect(self.effect_key(), REPLAY, None, self.payload(), attempt, at);
    }
}
