use std::fmt;

use catalog_contract::{Channel, Milestone};
use kernel::{OrderId, ShopKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The id of a message: the same for the same change, however often it is heard of or sent.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = String, format = Uuid)]
pub struct MessageId(pub Uuid);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The id of a webhook.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = String, format = Uuid)]
pub struct WebhookId(pub Uuid);

impl fmt::Display for WebhookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The id of the message that tells of one change: made of shop, order, the place of the change in
/// the stream that told it, what it is, and the first channel.
#[must_use]
pub fn message_id(
    shop: &ShopKey,
    order: OrderId,
    source: &str,
    version: u64,
    milestone: Milestone,
    channel: Channel,
) -> MessageId {
    let name =
        format!("message/{shop}/{order}/{source}/{version}/{}/{}", milestone.as_str(), channel.as_str());
    MessageId(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()))
}
