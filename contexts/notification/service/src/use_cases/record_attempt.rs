use journal::StoreError;
use kernel::Timestamp;
use notification_domain::{Conversation, ConversationCommand, Outcome};
use runtime::Turn;

use super::wake::wake;
use crate::config::NotificationConfig;
use crate::effects::{SendOutcome, SendWork};
use crate::follow::converse;
use crate::shops::Shops;

/// How long a message stays with a channel that does not take it.
struct Patience {
    has_next: bool,
    /// How long the shop lets it wait before the next channel is tried, where it says so.
    next_after_millis: Option<i64>,
}

/// Keeps what came of an attempt: done, again later, by the next channel, or quietly given up.
pub(super) fn record(
    turn: &mut Turn<'_>,
    config: &NotificationConfig,
    shops: &Shops,
    work: &SendWork,
    attempt: u32,
    outcome: SendOutcome,
) -> Result<(), StoreError> {
    let Some(patience) = patience(turn, shops, work)? else {
        turn.finish_effect(work.effect_key());
        return Ok(());
    };
    let gives_up = patience.is_over(config, work, attempt, turn.now());
    let is_back = outcome == SendOutcome::TakenAgain;
    let outcome = match outcome {
        SendOutcome::Taken | SendOutcome::TakenAgain => Outcome::Taken,
        SendOutcome::Failed { cause, taken_by } => Outcome::Failed { cause, taken_by, gives_up },
        SendOutcome::Impossible { cause } => Outcome::Failed { cause, taken_by: vec![], gives_up: true },
        SendOutcome::Down { cause } if patience.counts_a_look(gives_up) => {
            Outcome::Failed { cause, taken_by: vec![], gives_up }
        }
        SendOutcome::NotOwed | SendOutcome::Busy | SendOutcome::Down { .. } => {
            if turn.state::<Conversation>(work.order.0)?.next() == Some((work.message, work.channel)) {
                work.hold(attempt, turn);
            } else {
                turn.finish_effect(work.effect_key());
            }
            return Ok(());
        }
    };
    let again = matches!(outcome, Outcome::Failed { gives_up: false, .. });
    let command =
        ConversationCommand::Record { message: work.message, channel: work.channel, attempt, outcome };
    let decided = converse(turn, config, &work.subject(), work.order, command)?;
    if again && !decided.events.is_empty() {
        work.send_again(config, attempt, patience.latest(work), turn);
    }
    if is_back {
        wake(turn, config, work.channel)?;
    }
    if turn.state::<Conversation>(work.order.0)?.next() != Some((work.message, work.channel)) {
        turn.finish_effect(work.effect_key());
    }
    Ok(())
}

fn patience(turn: &mut Turn<'_>, shops: &Shops, work: &SendWork) -> Result<Option<Patience>, StoreError> {
    let conversation = turn.state::<Conversation>(work.order.0)?;
    let Some(message) = conversation.message(work.message) else { return Ok(None) };
    let life = conversation.opened().and_then(|opened| shops.pinned(&opened.life).ok());
    let rule = life.as_ref().and_then(|life| life.messages.as_ref());
    // A webhook is a system of the shop's own: what it does not take shall not wait for long.
    let next_after_millis = rule.and_then(|rule| rule.next_after_millis).filter(|_| work.channel.is_set_up());
    Ok(Some(Patience { has_next: message.has_next_channel(), next_after_millis }))
}

impl Patience {
    /// Whether the channel is given up, should this attempt have come to nothing.
    fn is_over(&self, config: &NotificationConfig, work: &SendWork, attempt: u32, now: Timestamp) -> bool {
        match (self.has_next, self.next_after_millis) {
            (true, Some(limit)) => work.waited_millis(now) >= limit,
            (true, None) => attempt >= config.attempts_before_next,
            (false, _) => attempt >= config.attempts_max,
        }
    }

    /// Whether a look at a channel that is down is as good as an attempt: the next channel is near. Where
    /// there is none, or the shop lets its messages wait, they wait for the channel.
    const fn counts_a_look(&self, gives_up: bool) -> bool {
        self.has_next && (self.next_after_millis.is_none() || gives_up)
    }

    /// Until when the next attempt is made at the latest.
    fn latest(&self, work: &SendWork) -> Option<Timestamp> {
        let limit = self.next_after_millis.filter(|_| self.has_next)?;
        work.since.map(|since| since.plus_millis(limit))
    }
}
