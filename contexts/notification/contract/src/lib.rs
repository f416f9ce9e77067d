//! What notification promises: which messages a customer is owed, and what became of each.
//!
//! One conversation per order, with the order's id: its messages are intended in the order of the
//! changes that they tell of, and sent in that order. A message has one id for ever: whoever
//! receives it twice knows it by that. Beside them stand the webhooks that a shop has registered.
//!
//! To add an event: a payload in `events.rs`, its line in `events!`, a golden sample in `golden/`,
//! `evolve` and `decide` in `notification-domain`, `docs/flows.md`.

mod events;
mod ids;
mod views;

pub use events::{
    ConversationOpenedV1, ConversationReaddressedV1, FilledTemplate, MessageAddress, MessageAttemptFailedV1,
    MessageIntendedV1, MessagePersonal, MessageReroutedV1, MessageSentV1, MessageUndeliveredV1,
    NotificationEvent, WebhookRegisteredV1, WebhookRemovedV1, WebhookReplayEndedV1, WebhookReplayStartedV1,
    WebhookSecret, WebhookSecretRotatedV1,
};
pub use ids::{MessageId, WebhookId, message_id};
pub use views::{MessageState, MessageView, WebhookView};

/// The role's name.
pub const ROLE: &str = "notification";
