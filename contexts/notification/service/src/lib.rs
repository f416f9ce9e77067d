//! How notification runs: what customers are owed is intended, sent, and sent again.
//!
//! The door is [`NotificationService`] (behind a [`runtime::Writer`]) and [`rest::routes`]. It follows
//! the catalog and ordering, whose milestones come in an order that is certain; nobody follows or
//! asks it, so that nobody notices when it does not run.
//!
//! - `policies/`: whenever an order changed, then its customer is owed a message.
//! - `use_cases/`: what becomes of messages and of webhooks.
//! - `effects/`: sending, under a lease, from a committed intent.
//! - `channels/`: how a message leaves: log, file, webhook, KakaoTalk, text message, mail.
//! - `views/`: the rows of the own lists.
//! - `rest/`: the canonical API.
//!
//! To hear of another change: its row in `policies/told.rs` (and its role in `SOURCES`). To add a
//! channel: `catalog_contract::Channel`, its file in `channels/`, its arm in `channels/mod.rs`.

mod callable;
pub mod channels;
mod command;
mod config;
pub mod effects;
mod follow;
mod idempotency;
mod policies;
pub mod rest;
mod service;
mod shops;
mod use_cases;
mod views;

pub use command::{NotificationCommand, NotificationRefusal, NotificationReply};
pub use config::NotificationConfig;
pub use policies::{SOURCES, milestone_of};
pub use runtime::{KEYS_KEPT_MILLIS, KeyUse};
pub use service::NotificationService;
pub use shops::Shops;
pub use views::{MESSAGES, WEBHOOKS};
