use catalog_contract::{Channel, Language, Milestone};
use kernel::{OrderId, ShopKey, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{MessageId, WebhookId};

/// What has become of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MessageState {
    /// Owed: it waits for those before it, or is on its way.
    Owed,
    /// A channel took it.
    Sent,
    /// No channel took it.
    Undelivered,
}

impl MessageState {
    /// The word as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owed => "owed",
            Self::Sent => "sent",
            Self::Undelivered => "undelivered",
        }
    }
}

/// A message as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MessageView {
    /// Its id, for ever: the same in every attempt.
    pub id: MessageId,
    /// Its shop.
    pub shop: ShopKey,
    /// Its number in the shop.
    pub number: u64,
    /// The order it tells of.
    pub order: OrderId,
    /// That order's number.
    pub order_number: u64,
    /// Its place among the order's messages, from 1.
    pub sequence: u32,
    /// What it tells of.
    pub milestone: Milestone,
    /// What has become of it.
    pub state: MessageState,
    /// The channel that took it, or that it is given to.
    pub channel: Channel,
    /// The language it is written in.
    pub language: Language,
    /// What it says.
    pub text: String,
    /// Attempts on this channel that came to nothing.
    pub failed_attempts: u32,
    /// Why the last of them did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<String>,
    /// When the change was.
    pub changed_at: Timestamp,
    /// Its version: the entity tag.
    pub version: u64,
}

/// A webhook as it is shown; its secret is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookView {
    /// Its id.
    pub id: WebhookId,
    /// Its shop.
    pub shop: ShopKey,
    /// Where it is called.
    pub url: String,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// Until when calls are signed with the secret before the present one too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_secret_until: Option<Timestamp>,
    /// The replay that is under way or was last: up to which message's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_until: Option<u64>,
    /// How far that replay has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_reached: Option<u64>,
    /// Why the last replay went no further.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_failure: Option<String>,
    /// Its version: the entity tag.
    pub version: u64,
}
