use std::collections::BTreeMap;

use catalog_contract::{Channel, Language, LifeHash, Milestone};
use kernel::{CustomerId, Money, Personal, Timestamp};
use ordering_contract::{OrderAddress, OrderLine};
use serde::{Deserialize, Serialize};

use crate::{MessageId, WebhookId};

kernel::events! {
    /// What customers are told, and what became of it.
    pub enum NotificationEvent {
        /// There is an order whose shop tells its customers of it.
        Opened(ConversationOpenedV1) = "conversation-opened.v1" with personal,
        /// The order is brought elsewhere: later messages say so.
        Readdressed(ConversationReaddressedV1) = "conversation-readdressed.v1" with personal,
        /// A customer is owed a message: the intent, before anything is sent.
        Intended(MessageIntendedV1) = "message-intended.v1" with personal,
        /// The channel took the message.
        Sent(MessageSentV1) = "message-sent.v1",
        /// The channel did not take it; it is tried again.
        AttemptFailed(MessageAttemptFailedV1) = "message-attempt-failed.v1",
        /// The channel is given up for this message; the next one is tried.
        Rerouted(MessageReroutedV1) = "message-rerouted.v1",
        /// No channel took it. The order does not mind.
        Undelivered(MessageUndeliveredV1) = "message-undelivered.v1",
        /// A shop's own system wants to be told.
        WebhookRegistered(WebhookRegisteredV1) = "webhook-registered.v1" with personal,
        /// It has a new secret; the one before is good for a while longer.
        WebhookSecretRotated(WebhookSecretRotatedV1) = "webhook-secret-rotated.v1" with personal,
        /// It is told again what it was told before.
        WebhookReplayStarted(WebhookReplayStartedV1) = "webhook-replay-started.v1",
        /// It has been told again, or could not be.
        WebhookReplayEnded(WebhookReplayEndedV1) = "webhook-replay-ended.v1",
        /// It is told nothing any longer.
        WebhookRemoved(WebhookRemovedV1) = "webhook-removed.v1",
    }
}

/// There is an order whose shop tells its customers of it: what its messages may say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationOpenedV1 {
    /// The life that the order is pinned to.
    pub life: LifeHash,
    /// Whose order, where they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// The short number of the day.
    pub call_number: u32,
    /// The lines, with names in the language of the shop's messages.
    pub lines: Vec<OrderLine>,
    /// The sum of the lines.
    pub total: Money,
    /// When the customer wants it, where it is for later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted_at: Option<Timestamp>,
    /// The table that it is brought to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it will be there, as it was promised, where the shop promises anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_at: Option<Timestamp>,
    /// The message that tells of its placing, held back until the order shows to its shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<MessageId>,
    /// To whom.
    #[serde(skip)]
    pub personal: Personal<MessageAddress>,
}

/// The order is brought elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationReaddressedV1 {
    /// Where to, from now on.
    #[serde(skip)]
    pub personal: Personal<OrderAddress>,
}

/// How a customer is reached: personal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageAddress {
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Their mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where it is brought to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A customer is owed a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageIntendedV1 {
    /// Its id, for ever.
    pub message: MessageId,
    /// Its number in the shop, without holes: the position that a webhook is told again from.
    pub number: u64,
    /// Its place among the order's messages, from 1.
    pub sequence: u32,
    /// What it tells of.
    pub milestone: Milestone,
    /// The ways it may take, the first one first.
    pub channels: Vec<Channel>,
    /// The language it is written in.
    pub language: Language,
    /// When the change was.
    pub changed_at: Timestamp,
    /// What it says, and to whom.
    #[serde(skip)]
    pub personal: Personal<MessagePersonal>,
}

/// What a message says, and to whom: personal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagePersonal {
    /// The text.
    pub text: String,
    /// To whom.
    #[serde(default)]
    pub to: MessageAddress,
    /// The template that it was made of, where it may go to KakaoTalk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<FilledTemplate>,
    /// Its subject, where it may be a mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

/// A template that KakaoTalk has approved, and what stands for its variables: personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilledTemplate {
    /// The code that it was registered under.
    pub code: String,
    /// What stands for each variable, by its name.
    pub variables: BTreeMap<String, String>,
}

/// The channel took the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageSentV1 {
    /// The message.
    pub message: MessageId,
    /// The channel.
    pub channel: Channel,
    /// The attempt that did it, from 1, counted anew on every channel.
    pub attempt: u32,
}

/// The channel did not take the message; it is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageAttemptFailedV1 {
    /// The message.
    pub message: MessageId,
    /// The channel.
    pub channel: Channel,
    /// Which attempt, from 1, counted anew on every channel.
    pub attempt: u32,
    /// What happened instead.
    pub cause: String,
    /// The webhooks that took it all the same; they are not called again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken_by: Vec<WebhookId>,
}

/// The channel is given up for this message; the next one is tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageReroutedV1 {
    /// The message.
    pub message: MessageId,
    /// The channel that is given up.
    pub from: Channel,
    /// The next one.
    pub to: Channel,
}

/// No channel took the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageUndeliveredV1 {
    /// The message.
    pub message: MessageId,
}

/// A shop's own system wants to be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRegisteredV1 {
    /// Where it is called.
    pub url: String,
    /// What its calls are signed with.
    #[serde(skip)]
    pub personal: Personal<WebhookSecret>,
}

/// A webhook has a new secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSecretRotatedV1 {
    /// Until when calls are signed with the one before too.
    pub previous_until: Timestamp,
    /// The new one.
    #[serde(skip)]
    pub personal: Personal<WebhookSecret>,
}

/// What calls are signed with: kept apart as personal data is, and never shown twice.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSecret {
    /// `whsec_` and base64.
    pub secret: String,
}

/// Says that it is there, never what it is.
impl std::fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

/// A webhook is told again what it was told before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookReplayStartedV1 {
    /// The messages of the shop behind this number.
    pub after: u64,
    /// Up to this one.
    pub until: u64,
}

/// A webhook has been told again, or could not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookReplayEndedV1 {
    /// How far it came: the number to go on behind.
    pub reached: u64,
    /// How many messages it took.
    pub messages: u64,
    /// Why it went no further, where it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// A webhook is told nothing any longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRemovedV1 {}
