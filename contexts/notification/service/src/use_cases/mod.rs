//! What becomes of messages and webhooks, one wish per file.

mod record_attempt;
mod record_replay;
mod tell;
mod wake;
mod webhooks;

use runtime::{Failure, Turn};

use crate::callable::Callable;
use crate::command::{NotificationCommand, NotificationRefusal, NotificationReply};
use crate::config::NotificationConfig;
use crate::idempotency;
use crate::shops::Shops;

pub(crate) use tell::tell;

/// Does what a command wishes.
pub(crate) fn run(
    config: &NotificationConfig,
    shops: &Shops,
    callable: &mut Callable,
    command: NotificationCommand,
    turn: &mut Turn<'_>,
) -> Result<NotificationReply, Failure<NotificationRefusal>> {
    match command {
        NotificationCommand::RecordAttempt { work, attempt, outcome } => {
            record_attempt::record(turn, config, shops, &work, attempt, outcome)?;
            Ok(NotificationReply::Recorded)
        }
        NotificationCommand::RecordReplay { work, attempt, outcome } => {
            record_replay::record(turn, config, &work, attempt, outcome)?;
            Ok(NotificationReply::Recorded)
        }
        NotificationCommand::RegisterWebhook { shop, webhook, url, secret, key } => {
            idempotency::once(turn, key, |turn| {
                let reply = webhooks::register(turn, shops, shop.clone(), webhook, url, secret)?;
                callable.add(&shop);
                Ok(reply)
            })
        }
        NotificationCommand::RotateSecret { shop, webhook, secret, key } => {
            idempotency::once(turn, key, |turn| webhooks::rotate(turn, config, shop, webhook, secret))
        }
        NotificationCommand::ReplayWebhook { shop, webhook, after, key } => {
            idempotency::once(turn, key, |turn| webhooks::replay(turn, config, shop, webhook, after))
        }
        NotificationCommand::RemoveWebhook { shop, webhook } => {
            let reply = webhooks::remove(turn, shop.clone(), webhook)?;
            callable.remove(&shop);
            Ok(reply)
        }
    }
}
