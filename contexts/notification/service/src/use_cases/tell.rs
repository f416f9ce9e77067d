use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_contract::{Channel, ShopLife};
use journal::StoreError;
use kernel::{OrderId, Subject, Timestamp};
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
    closed: BTreeSet<Channel>,
    change: Change,
) -> Result<(), StoreError> {
    let (life, subject_of) = (life.clone(), subject.clone());
    let mut tell = Tell { life, subject: subject_of, change, first_number: 0, promised: None, closed };
    let conversation = turn.state::<Conversation>(order.0)?;
    let due = conversation.due(&tell).len() as u64;
    if due == 0 {
        return Ok(());
    }
    let promised_at = conversation.opened().and_then(|opened| opened.promised_at);
    tell.promised = promised_at.map(|at| on_the_clock(at, tell.change.at, &tell.life.time_zone));
    let last = turn.next_numbers(&counter(subject), due)?;
    tell.first_number = last + 1 - due;
    converse(turn, config, subject, order, ConversationCommand::Tell(Box::new(tell)))?;
    Ok(())
}

/// A time as the shop's clock shows it: with its date where that is another day.
fn on_the_clock(at: Timestamp, now: Timestamp, time_zone: &str) -> String {
    let zone = jiff::tz::TimeZone::get(time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let zoned = |at: Timestamp| {
        jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default().to_zoned(zone.clone())
    };
    let (at, now) = (zoned(at), zoned(now));
    let form = if at.date() == now.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    at.strftime(form).to_string()
}

/// Messages are numbered per shop, without holes.
pub(super) fn counter(subject: &Subject) -> String {
    format!("messages/{}", subject.shop)
}
