use std::collections::BTreeSet;

use journal::{Row, StoreError};
use kernel::{OrderId, Subject};
use notification_contract::{MessageId, MessageState, MessageView, NotificationEvent};
use notification_domain::{Conversation, Message, Progress};
use runtime::{Executed, Turn};

/// The list's name.
pub const MESSAGES: &str = "messages";

/// Puts the rows of the messages that new facts are about.
pub(crate) fn write_changed(
    turn: &mut Turn<'_>,
    subject: &Subject,
    order: OrderId,
    decided: &Executed<NotificationEvent>,
) -> Result<(), StoreError> {
    let changed: BTreeSet<MessageId> = decided.events.iter().filter_map(message_of).collect();
    let rows: Vec<Row> = turn
        .state::<Conversation>(order.0)?
        .messages()
        .iter()
        .filter(|message| changed.contains(&message.intended.message))
        .map(|message| row_of(&shown(message, subject, order, decided.version)))
        .collect();
    rows.into_iter().for_each(|row| turn.put_row(row));
    Ok(())
}

/// The message as it is shown.
pub(crate) fn read_message(row: &Row) -> Result<MessageView, StoreError> {
    serde_json::from_slice(&row.body).map_err(|error| StoreError::Damaged {
        place: format!("{MESSAGES} row {}", row.id),
        detail: error.to_string(),
    })
}

fn message_of(event: &NotificationEvent) -> Option<MessageId> {
    match event {
        NotificationEvent::Intended(of) => Some(of.message),
        NotificationEvent::Sent(of) => Some(of.message),
        NotificationEvent::AttemptFailed(of) => Some(of.message),
        NotificationEvent::Rerouted(of) => Some(of.message),
        NotificationEvent::Undelivered(of) => Some(of.message),
        _ => None,
    }
}

fn shown(message: &Message, subject: &Subject, order: OrderId, version: u64) -> MessageView {
    let intended = &message.intended;
    MessageView {
        id: intended.message,
        shop: subject.shop.clone(),
        number: intended.number,
        order,
        order_number: subject.order_number,
        sequence: intended.sequence,
        milestone: intended.milestone,
        state: match message.progress {
            Progress::Owed => MessageState::Owed,
            Progress::Sent => MessageState::Sent,
            Progress::Undelivered => MessageState::Undelivered,
        },
        channel: message.channel(),
        language: intended.language,
        text: intended.personal.reveal().map(|personal| personal.text.clone()).unwrap_or_default(),
        failed_attempts: message.failed_attempts,
        last_failure: message.last_failure.clone(),
        changed_at: intended.changed_at,
        version,
    }
}

/// Whose the messages of an order are, by the order's number in its shop: rows are found by that.
pub(crate) fn owner(order_number: u64) -> String {
    order_number.to_string()
}

fn row_of(message: &MessageView) -> Row {
    Row {
        collection: MESSAGES.into(),
        id: message.id.0,
        shop: message.shop.clone(),
        number: message.number,
        customer: Some(owner(message.order_number)),
        state: message.state.as_str().into(),
        at: message.changed_at,
        search: String::new(),
        version: message.version,
        hidden: false,
        // Texts and numbers: writing them cannot fail.
        body: serde_json::to_vec(message).unwrap_or_default(),
    }
}
