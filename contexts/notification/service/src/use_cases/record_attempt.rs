use journal::StoreError;
use notification_domain::{Conversation, ConversationCommand, Outcome};
use runtime::Turn;

use crate::config::NotificationConfig;
use crate::effects::{SendOutcome, SendWork};
use crate::follow::converse;

/// Keeps what came of an attempt: done, again later, by the next channel, or quietly given up.
pub(super) fn record(
    turn: &mut Turn<'_>,
    config: &NotificationConfig,
    work: &SendWork,
    attempt: u32,
    outcome: SendOutcome,
) -> Result<(), StoreError> {
    let Some(message) = turn.state::<Conversation>(work.order.0)?.message(work.message) else {
        turn.finish_effect(work.effect_key());
        return Ok(());
    };
    let attempts_max =
        if message.has_next_channel() { config.attempts_before_next } else { config.attempts_max };
    let outcome = match outcome {
        SendOutcome::Taken => Outcome::Taken,
        SendOutcome::Failed { cause, taken_by } => {
            Outcome::Failed { cause, taken_by, gives_up: attempt >= attempts_max }
        }
        SendOutcome::Impossible { cause } => Outcome::Failed { cause, taken_by: vec![], gives_up: true },
    };
    let again = matches!(outcome, Outcome::Failed { gives_up: false, .. });
    let command =
        ConversationCommand::Record { message: work.message, channel: work.channel, attempt, outcome };
    let decided = converse(turn, config, &work.subject(), work.order, command)?;
    if again && !decided.events.is_empty() {
        work.send_again(config, attempt, turn);
    }
    Ok(())
}
