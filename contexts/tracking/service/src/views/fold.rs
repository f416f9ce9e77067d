use kernel::{OrderId, Recorded};
use runtime::{PolicyFailure, Turn};
use tracking_domain::{Source, Story, belongs_to_a_story};

use crate::memory::{Memory, Remembered};
use crate::views::{Generation, Steps, stored_story};

/// Whenever anything happened to an order: its story goes on.
pub(crate) fn fold_event(
    turn: &mut Turn<'_>,
    generation: Generation,
    memory: &mut Memory,
    source: Source,
    event: &Recorded,
) -> Result<(), PolicyFailure> {
    let Some(order) = event.subject.order else { return Ok(()) };
    if !belongs_to_a_story(&event.event_type) {
        return Ok(());
    }
    if memory.get(&order.0).is_none() {
        let (story, steps) = read_story(turn, generation, order)?;
        let (shop, number) = (event.subject.shop.clone(), event.subject.order_number);
        memory.insert(order.0, Remembered { story, steps, shop, number });
    }
    let Some(remembered) = memory.get(&order.0) else { return Ok(()) };
    if remembered.story.apply(source, event)? {
        remembered.steps.hear(source, event);
        memory.note(order.0);
    }
    Ok(())
}

fn read_story(
    turn: &mut Turn<'_>,
    generation: Generation,
    order: OrderId,
) -> Result<(Story, Steps), PolicyFailure> {
    let Some(row) = turn.row(&generation.stories(), order.0)? else { return Ok(Default::default()) };
    let stored = stored_story(&row)?;
    Ok((stored.story, Steps::of(&stored.steps)))
}
