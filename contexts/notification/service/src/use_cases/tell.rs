use std::sync::Arc;

use catalog_contract::ShopLife;
use journal::StoreError;
use kernel::{OrderId, Subject};
use notification_domain::{Change, Conversation, ConversationCommand, Tell};
use runtime::Turn;

use crate::config::NotificationConfig;
use crate::follow::converse;

/// Owes the customer a message of a change, where the shop tells of it; once per change.
pub(crate) fn tell(
    turn: &mut Turn<'_>,
    config: &NotificationConfig,
    subject: &Subject,
    order: OrderId,
    life: &Arc<ShopLife>,
    has_webhooks: bool,
    change: Change,
) -> Result<(), StoreError> {
    let (life, subject_of) = (life.clone(), subject.clone());
    let mut tell = Tell { life, subject: subject_of, change, first_number: 0, has_webhooks };
    let due = turn.state::<Conversation>(order.0)?.due(&tell).len() as u64;
    if due == 0 {
        return Ok(());
    }
    let last = turn.next_numbers(&counter(subject), due)?;
    tell.first_number = last + 1 - due;
    converse(turn, config, subject, order, ConversationCommand::Tell(Box::new(tell)))?;
    Ok(())
}

/// Messages are numbered per shop, without holes.
pub(super) fn counter(subject: &Subject) -> String {
    format!("messages/{}", subject.shop)
}
