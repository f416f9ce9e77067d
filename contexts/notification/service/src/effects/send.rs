//! Sending a message on one channel.

use catalog_contract::Channel;
use kernel::{OrderId, ShopKey, Subject, Timestamp};
use notification_contract::{MessageId, WebhookId};
use runtime::Turn;
use serde::{Deserialize, Serialize};

use crate::config::NotificationConfig;

/// The kind of the effect.
pub(crate) const SEND: &str = "send-message";

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
    /// Since when it is given to this channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// How often it was held back since the last attempt, because the channel was down or busy.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held: u32,
}

const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The channel took it.
    Taken,
    /// The channel took it, the first time since it was down: what waits for it may go.
    TakenAgain,
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
    /// Nothing was tried: the message is not owed on this channel any longer.
    NotOwed,
    /// Nothing was tried: as many as may are on their way already.
    Busy,
    /// The channel is down, whatever the message: this was no attempt of it.
    Down {
        /// What is wrong with it.
        cause: String,
    },
}

impl SendWork {
    pub(crate) fn new(subject: &Subject, order: OrderId, message: MessageId, channel: Channel) -> Self {
        Self {
            order,
            shop: subject.shop.clone(),
            order_number: subject.order_number,
            message,
            channel,
            since: None,
            held: 0,
        }
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
        let work = Self { since: Some(turn.now()), ..self.clone() };
        turn.start_effect(self.effect_key(), SEND, Some(self.order), work.payload(), config.lease_millis);
    }

    /// Plans the attempt after this one, not later than at a time.
    pub(crate) fn send_again(
        &self,
        config: &NotificationConfig,
        attempt: u32,
        latest: Option<Timestamp>,
        turn: &mut Turn<'_>,
    ) {
        let at = turn.now().plus_millis(config.backoff_millis(attempt));
        let at = latest.map_or(at, |latest| at.min(latest));
        let work = Self { held: 0, ..self.clone() };
        turn.retry_effect(self.effect_key(), SEND, Some(self.order), work.payload(), attempt, at);
    }

    /// Looks again later whether the channel takes it: this was no attempt.
    pub(crate) fn hold(&self, attempt: u32, turn: &mut Turn<'_>) {
        let at = turn.now().plus_millis(NotificationConfig::held_millis(self.held));
        let work = Self { held: self.held.saturating_add(1), ..self.clone() };
        let before = attempt.saturating_sub(1);
        turn.retry_effect(self.effect_key(), SEND, Some(self.order), work.payload(), before, at);
    }

    /// How long it has been given to this channel.
    pub(crate) fn waited_millis(&self, now: Timestamp) -> i64 {
        self.since.map_or(0, |since| now.millis() - since.millis())
    }
}
