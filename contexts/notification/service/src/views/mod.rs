//! The lists that notification keeps in the same transaction as its facts: one row per message, one
//! per webhook.

mod messages;
mod webhooks;

pub use messages::MESSAGES;
pub(crate) use messages::{owner, read_message, write_changed};
pub use webhooks::WEBHOOKS;
pub(crate) use webhooks::{put_webhook, webhook, webhooks_of};
