//! What notification decides: which messages a customer is owed, in which words, and what comes of
//! a channel that does not take one.
//!
//! ```text
//! silent ──open──▶ open: ──tell──▶ owed ──taken──▶ sent
//!                                   │ ▲
//!                                   │ └─ failed: again, and then by the next channel
//!                                   └──failed by every channel──▶ undelivered
//!
//! webhook: nothing ──register──▶ registered ──rotate, replay──▶ registered ──remove──▶ removed
//! ```
//!
//! Invariants:
//!
//! - Every change that the shop's life tells is one message, whatever is heard twice.
//! - The messages of an order are sent in the order of its changes: one is under way at a time, and
//!   the next begins when it was taken or given up.
//! - A message keeps its id over every attempt and every channel.
//! - What became of a message changes nothing about its order.
//! - An order that shows only once it is paid is told of as *placed* only then, before *paid*.
//!
//! To add a milestone: `catalog_contract::Milestone`, its words in `words.rs`, the row of the service's
//! table that hears of it.

mod conversation;
mod rejection;
mod text;
mod webhook;
mod words;

pub use conversation::{Change, Conversation, ConversationCommand, Message, Outcome, Progress, Tell};
pub use rejection::{ConversationRejection, WebhookRejection};
pub use text::{Material, fill_template, render, subject, text_of};
pub use webhook::{Webhook, WebhookCommand};
pub use words::words_of_the_house;
