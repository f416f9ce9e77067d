use catalog_contract::Channel;
use journal::{StoreError, Timer};
use notification_domain::Conversation;
use runtime::{EFFECT_KIND_PREFIX, Turn};

use crate::config::NotificationConfig;
use crate::effects::{SEND, SendWork};

/// Sends now what waits for a channel that is back, the messages of earlier orders first. What is on its
/// way, or soon will be, stays as it is, and what is no longer owed is not begun again.
pub(super) fn wake(
    turn: &mut Turn<'_>,
    config: &NotificationConfig,
    channel: Channel,
) -> Result<(), StoreError> {
    let (now, kind) = (turn.now(), format!("{EFFECT_KIND_PREFIX}{SEND}"));
    let soon = now.plus_millis(config.lease_millis);
    let planned = turn.store().timers()?.into_iter().filter(|timer| timer.kind == kind && timer.at > soon);
    let mut waiting: Vec<(u64, Timer)> = Vec::new();
    for timer in planned {
        let Ok(work) = serde_json::from_slice::<SendWork>(&timer.payload) else { continue };
        if work.channel == channel && waits(turn, &work, &timer)? {
            waiting.push((work.order_number, timer));
        }
    }
    waiting.sort_by_key(|(order_number, timer)| (*order_number, timer.at));
    for ((_, timer), place) in waiting.into_iter().zip(0..) {
        turn.set_timer(Timer { at: now.plus_millis(place), ..timer });
    }
    Ok(())
}

/// Whether a message waits for its next attempt. A timer may be the lease of one that is under way, which late
/// attempts have for as long as others wait; or may have been ended by this very batch.
fn waits(turn: &mut Turn<'_>, work: &SendWork, timer: &Timer) -> Result<bool, StoreError> {
    let conversation = turn.state::<Conversation>(work.order.0)?;
    let is_next = conversation.next() == Some((work.message, work.channel));
    let failed = conversation.message(work.message).map_or(0, |message| message.failed_attempts);
    Ok(is_next && timer.attempt <= failed)
}
