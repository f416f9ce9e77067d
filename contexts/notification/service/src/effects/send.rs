//! Sending a message on one channel.

use catalog_contract::Channel;
use kernel::{OrderId, ShopKey, Subject};
use notification_contract::{MessageId, WebhookId};
use runtime::Turn;
use serde::{Deserialize, Serialize};

use crate::config::NotificationConfig;

/// The kind of the effect.
pub(super) const SEND: &str = "send-message";

/// Which message is to be sent, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendWork {
    /// The order it tells of.
    pub order: OrderId,
    /// The order's shop.
    pub shop: ShopKey,
    /// The order's number.
    pub order_number: u64,
    /// The message.
    pub message: MessageId,
    /// How.
    pub channel: Channel,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The channel took it.
    Taken,
    /// It did not; it may later.
    Failed {
        /// What happened instead.
        cause: String,
        /// The webhooks that took it all the same.
        taken_by: Vec<WebhookId>,
    },
    /// It never will.
    Impossible {
        /// Why.
        cause: String,
    },
}

impl SendWork {
    pub(crate) fn new(subject: &Subject, order: OrderId, message: MessageId, channel: Channel) -> Self {
        Self { order, shop: subject.shop.clone(), order_number: subject.order_number, message, channel }
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject::order(self.shop.clone(), self.order, self.order_number)
    }

    /// One key per message and channel: attempts are counted anew on every channel.
    pub(crate) fn effect_key(&self) -> String {
        format!("{SEND}/{}/{}", self.message, self.channel.as_str())
    }

    fn payload(&self) -> Vec<u8> {
        // Texts and numbers: writing them cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(crate) fn start(&self, config: &NotificationConfig, turn: &mut Turn<'_>) {
        turn.start_effect(self.effect_key(), SEND, Some(self.order), self.payload(), config.lease_millis);
    }

    /// Plans the attempt after this one.
    pub(crate) fn send_again(&self, config: &NotificationConfig, attempt: u32, turn: &mut Turn<'_>) {
        let at = turn.now().plus_millis(config.backoff_millis(attempt));
        turn.retry_effect(self.effect_key(), SEND, Some(self.order), self.payload(), attempt, at);
    }
}
