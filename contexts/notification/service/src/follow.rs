//! What every change of a conversation brings with it: its rows, and the next message on its way.

use journal::StoreError;
use kernel::{OrderId, Subject};
use notification_contract::NotificationEvent;
use notification_domain::{Conversation, ConversationCommand};
use runtime::{Executed, Failure, Turn};

use crate::config::NotificationConfig;
use crate::effects::SendWork;
use crate::views;

/// Lets a conversation decide and carries out what follows: of the messages that it owes, the first
/// one is on its way, and no other.
pub(crate) fn converse(
    turn: &mut Turn<'_>,
    config: &NotificationConfig,
    subject: &Subject,
    order: OrderId,
    command: ConversationCommand,
) -> Result<Executed<NotificationEvent>, StoreError> {
    let before = turn.state::<Conversation>(order.0)?.next();
    let decided = turn.execute::<Conversation>(order.0, subject, command).map_err(broken)?;
    if decided.events.is_empty() {
        return Ok(decided);
    }
    views::write_changed(turn, subject, order, &decided)?;
    let next = turn.state::<Conversation>(order.0)?.next();
    if next != before {
        if let Some((message, channel)) = before {
            turn.finish_effect(SendWork::new(subject, order, message, channel).effect_key());
        }
        if let Some((message, channel)) = next {
            SendWork::new(subject, order, message, channel).start(config, turn);
        }
    }
    Ok(decided)
}

fn broken(failure: Failure<notification_domain::ConversationRejection>) -> StoreError {
    match failure {
        Failure::Refused(never) => match never {},
        Failure::Broken(error) => error,
    }
}
