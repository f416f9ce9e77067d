use catalog_contract::Channel;
use journal::{StoreError, Timer};
use runtime::{EFFECT_KIND_PREFIX, Turn};

use crate::config::NotificationConfig;
use crate::effects::{SEND, SendWork};

/// Sends now what waits for a channel that is back, the messages of earlier orders first. What is on its
/// way, or soon will be, stays as it is.
pub(super) fn wake(
    turn: &mut Turn<'_>,
    config: &NotificationConfig,
    channel: Channel,
) -> Result<(), StoreError> {
    let (now, kind) = (turn.now(), format!("{EFFECT_KIND_PREFIX}{SEND}"));
    let soon = now.plus_millis(config.lease_millis);
    let planned = turn.store().timers()?.into_iter().filter(|timer| timer.kind == kind && timer.at > soon);
    let mut waiting: Vec<(u64, Timer)> = planned
        .filter_map(|timer| {
            let work: SendWork = serde_json::from_slice(&timer.payload).ok()?;
            (work.channel == channel).then_some((work.order_number, timer))
        })
        .collect();
    waiting.sort_by_key(|(order_number, timer)| (*order_number, timer.at));
    for ((_, timer), place) in waiting.into_iter().zip(0..) {
        turn.set_timer(Timer { at: now.plus_millis(place), ..timer });
    }
    Ok(())
}
