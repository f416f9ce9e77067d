use catalog_contract::ShopDirectory;
use kernel::{OrderId, Recorded};
use ordering_contract::pinned_life;
use runtime::{PolicyFailure, Turn};
use tracking_domain::{Counted, Enlisted, Source, Story, belongs_to_a_story, closed, closing_of};

use crate::memory::{Memory, Remembered};
use crate::views::stories::resumed_story;
use crate::views::{Generation, Steps};

/// Whenever anything happened to an order: its story goes on.
pub(crate) fn fold_event(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    generation: Generation,
    memory: &mut Memory,
    source: Source,
    event: &Recorded,
) -> Result<(), PolicyFailure> {
    let Some(order) = event.subject.order else { return hear_closing(memory, source, event) };
    expect_life(shops, source, event)?;
    if !belongs_to_a_story(&event.event_type) {
        return Ok(());
    }
    let read = || {
        let (story, steps, hidden) = read_story(turn, generation, order)?;
        let (shop, number) = (event.subject.shop.clone(), event.subject.order_number);
        let (counted, enlisted) = (Counted::of(&story), Enlisted::of(&story, hidden));
        Ok(Remembered { story, steps, shop, number, counted, enlisted, is_changed: false })
    };
    memory.go_on(order.0, read, |remembered| {
        let went_on = remembered.story.apply(source, event)?;
        if went_on {
            remembered.steps.hear(source, event);
        }
        Ok(went_on)
    })
}

/// Whenever payment closed a day: the day says so.
fn hear_closing(memory: &mut Memory, source: Source, event: &Recorded) -> Result<(), PolicyFailure> {
    if source == Source::Payment
        && let Some((day, closing)) = closing_of(event)?
    {
        memory.days.entry((event.subject.shop.clone(), day)).or_default().merge(closed(closing));
    }
    Ok(())
}

/// An order's days are those of its shop's time zone: an order is heard once its shop has been.
fn expect_life(shops: &ShopDirectory, source: Source, event: &Recorded) -> Result<(), PolicyFailure> {
    if source == Source::Ordering
        && let Some(life) = pinned_life(event)?
    {
        shops.pinned(&life).map_err(|unknown| PolicyFailure::NotYet(unknown.to_string()))?;
    }
    Ok(())
}

fn read_story(
    turn: &mut Turn<'_>,
    generation: Generation,
    order: OrderId,
) -> Result<(Story, Steps, bool), PolicyFailure> {
    let Some(row) = turn.row(&generation.stories(), order.0)? else { return Ok(Default::default()) };
    let (story, steps) = resumed_story(&row)?;
    Ok((story, steps, row.hidden))
}
