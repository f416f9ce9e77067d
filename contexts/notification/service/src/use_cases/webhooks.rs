use kernel::{Personal, ShopKey, Subject};
use notification_contract::{
    WebhookId, WebhookRegisteredV1, WebhookReplayStartedV1, WebhookSecret, WebhookSecretRotatedV1,
    WebhookView,
};
use notification_domain::{Webhook, WebhookCommand, WebhookRejection};
use runtime::{Failure, Turn};

use super::tell::counter;
use crate::command::{NotificationRefusal, NotificationReply};
use crate::config::NotificationConfig;
use crate::effects::ReplayWork;
use crate::shops::Shops;
use crate::views;

/// Webhooks that a shop may have.
const WEBHOOKS_MAX: usize = 10;

type Answer = Result<NotificationReply, Failure<NotificationRefusal>>;

/// Tells a shop's own system, from now on.
pub(super) fn register(
    turn: &mut Turn<'_>,
    shops: &Shops,
    shop: ShopKey,
    webhook: WebhookId,
    url: String,
    secret: WebhookSecret,
) -> Answer {
    if shops.current(&shop).is_none() {
        return Err(Failure::Refused(NotificationRefusal::ShopUnknown(shop)));
    }
    if views::webhooks_of(turn.store(), &shop)?.len() >= WEBHOOKS_MAX {
        return Err(Failure::Refused(NotificationRefusal::TooManyWebhooks));
    }
    let registered = WebhookRegisteredV1 { url: url.clone(), personal: Personal::new(secret.clone()) };
    let version = decide(turn, &shop, webhook, WebhookCommand::Register(registered))?;
    let view = WebhookView {
        id: webhook,
        shop,
        url,
        registered_at: turn.now(),
        previous_secret_until: None,
        replay_until: None,
        replay_reached: None,
        replay_failure: None,
        version,
    };
    views::put_webhook(turn, &view);
    Ok(NotificationReply::WithSecret(Box::new(view), secret))
}

/// Signs with a new secret; with the one before too, for a while.
pub(super) fn rotate(
    turn: &mut Turn<'_>,
    config: &NotificationConfig,
    shop: ShopKey,
    webhook: WebhookId,
    secret: WebhookSecret,
) -> Answer {
    let view = there(turn, &shop, webhook)?;
    let previous_until = turn.now().plus_millis(config.previous_secret_millis);
    let rotated = WebhookSecretRotatedV1 { previous_until, personal: Personal::new(secret.clone()) };
    let version = decide(turn, &shop, webhook, WebhookCommand::Rotate(rotated))?;
    let view = WebhookView { previous_secret_until: Some(previous_until), version, ..view };
    views::put_webhook(turn, &view);
    Ok(NotificationReply::WithSecret(Box::new(view), secret))
}

/// Tells a webhook again what its shop told behind a message's number, up to now.
pub(super) fn replay(
    turn: &mut Turn<'_>,
    config: &NotificationConfig,
    shop: ShopKey,
    webhook: WebhookId,
    after: u64,
) -> Answer {
    let view = there(turn, &shop, webhook)?;
    // What is intended in this very batch is told anyway.
    let until = turn.store().counter(&counter(&Subject::shop(shop.clone())))?;
    if after >= until {
        return Ok(NotificationReply::Webhook(Box::new(view)));
    }
    let started = WebhookReplayStartedV1 { after, until };
    let version = decide(turn, &shop, webhook, WebhookCommand::StartReplay(started))?;
    ReplayWork { shop, webhook, reached: after, until, messages: 0 }.start(config, turn);
    let (replay_until, replay_reached) = (Some(until), Some(after));
    let view = WebhookView { replay_until, replay_reached, replay_failure: None, version, ..view };
    views::put_webhook(turn, &view);
    Ok(NotificationReply::Webhook(Box::new(view)))
}

/// Tells it nothing any longer.
pub(super) fn remove(turn: &mut Turn<'_>, shop: ShopKey, webhook: WebhookId) -> Answer {
    let view = there(turn, &shop, webhook)?;
    let version = decide(turn, &shop, webhook, WebhookCommand::Remove)?;
    turn.delete_row(views::WEBHOOKS, webhook.0);
    Ok(NotificationReply::Webhook(Box::new(WebhookView { version, ..view })))
}

fn there(
    turn: &mut Turn<'_>,
    shop: &ShopKey,
    webhook: WebhookId,
) -> Result<WebhookView, Failure<NotificationRefusal>> {
    let not_there = || Failure::Refused(NotificationRefusal::Webhook(WebhookRejection::NotThere));
    views::webhook(turn, shop, webhook)?.ok_or_else(not_there)
}

fn decide(
    turn: &mut Turn<'_>,
    shop: &ShopKey,
    webhook: WebhookId,
    command: WebhookCommand,
) -> Result<u64, Failure<NotificationRefusal>> {
    let decided = turn.execute::<Webhook>(webhook.0, &Subject::shop(shop.clone()), command);
    Ok(decided.map_err(|failure| failure.map_refusal(NotificationRefusal::Webhook))?.version)
}
