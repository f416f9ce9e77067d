use journal::StoreError;
use notification_contract::WebhookReplayEndedV1;
use notification_domain::{Webhook, WebhookCommand};
use runtime::{Failure, Turn};

use crate::config::NotificationConfig;
use crate::effects::{ReplayOutcome, ReplayWork};
use crate::views;

/// Goes on with a replay, tries its next message again later, or ends it. A page that was told twice, because it
/// outlasted its lease, goes on once.
pub(super) fn record(
    turn: &mut Turn<'_>,
    config: &NotificationConfig,
    work: &ReplayWork,
    attempt: u32,
    outcome: ReplayOutcome,
) -> Result<(), StoreError> {
    let Some(mut webhook) = views::webhook(turn, &work.shop, work.webhook)? else {
        turn.finish_effect(work.effect_key());
        return Ok(());
    };
    let until = turn.state::<Webhook>(work.webhook.0)?.replayed_until();
    if (until, webhook.replay_reached) != (Some(work.until), Some(work.reached)) {
        // The lease is that of whoever went on from there.
        return Ok(());
    }
    turn.finish_effect(work.effect_key());
    let ReplayOutcome { reached, messages, failure } = outcome;
    let next = ReplayWork { reached, messages: work.messages + messages, ..work.clone() };
    webhook.replay_reached = Some(reached);
    match failure {
        None if reached < work.until => next.start(config, turn),
        Some(_) if messages > 0 => next.start_again(config, 1, turn),
        Some(_) if attempt < config.attempts_before_next => next.start_again(config, attempt, turn),
        failure => {
            let ended = WebhookReplayEndedV1 { reached, messages: next.messages, cause: failure.clone() };
            let command = WebhookCommand::EndReplay(ended);
            match turn.execute::<Webhook>(work.webhook.0, &kernel::Subject::shop(work.shop.clone()), command)
            {
                Ok(decided) => webhook.version = decided.version,
                Err(Failure::Refused(_)) => return Ok(()),
                Err(Failure::Broken(error)) => return Err(error),
            }
            webhook.replay_failure = failure;
        }
    }
    views::put_webhook(turn, &webhook);
    Ok(())
}
