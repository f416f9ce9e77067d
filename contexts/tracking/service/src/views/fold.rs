use kernel::{OrderId, Recorded};
use runtime::{PolicyFailure, Turn};
use tracking_domain::{Source, Story};

use crate::memory::{Memory, Remembered};
use crate::views::stories::story_of;
use crate::views::{Generation, StoredEntry};

/// Whenever anything happened to an order: its story goes on.
pub(crate) fn fold_event(
    turn: &mut Turn<'_>,
    generation: Generation,
    memory: &mut Memory,
    source: Source,
    event: &Recorded,
) -> Result<(), PolicyFailure> {
    let Some(order) = event.subject.order else { return Ok(()) };
    // The facts of a stock item are its own story; an order's are told by its reservation.
    if event.event_type.starts_with("units-") {
        return Ok(());
    }
    if memory.get(&order.0).is_none() {
        let story = read_story(turn, generation, order)?;
        let (shop, number) = (event.subject.shop.clone(), event.subject.order_number);
        memory.insert(order.0, Remembered { story, shop, number });
    }
    let Some(remembered) = memory.get(&order.0) else { return Ok(()) };
    if remembered.story.apply(source, event)? {
        memory.note(order.0, StoredEntry::of(source, event));
    }
    Ok(())
}

fn read_story(turn: &mut Turn<'_>, generation: Generation, order: OrderId) -> Result<Story, PolicyFailure> {
    match turn.row(&generation.stories(), order.0)? {
        Some(row) => Ok(story_of(&row)?),
        None => Ok(Story::default()),
    }
}
