use catalog_contract::{PaymentTime, ShopDirectory, WhenUnavailable};
use journal::{Entry, Reader, Row, RowOrder, RowQuery, StoreError, chain};
use kernel::{Actor, Hash, OrderId, Recorded, Timestamp};
use runtime::Turn;
use serde::{Deserialize, Serialize};
use tracking_contract::{StoryChange, StoryView, TimelineEntry};
use tracking_domain::{Source, Story, describe};
use uuid::Uuid;

use crate::memory::{Memory, Remembered};
use crate::views::Generation;
use crate::views::generation::shop_stream_id;

/// The rows of stories, per generation.
pub const STORIES: &str = "stories";
/// Their timelines, per generation.
pub const TIMELINE: &str = "timeline";
/// The live stream, per generation.
pub const CHANGES: &str = "changes";

/// A row's body: what is shown, and the story it is shown from.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredStory {
    pub(crate) story: Story,
}

/// A timeline entry as it is kept: its words are found when it is read.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredEntry {
    pub(crate) at: Timestamp,
    pub(crate) source: Source,
    pub(crate) event: String,
    pub(crate) step: u64,
    pub(crate) actor: Actor,
    pub(crate) cause: String,
}

impl StoredEntry {
    pub(crate) fn of(source: Source, event: &Recorded) -> Self {
        Self {
            at: event.at,
            source,
            event: event.event_type.to_string(),
            step: event.version,
            actor: event.actor.clone(),
            cause: event.causation.as_str().to_owned(),
        }
    }

    /// No two events of an order have the same place.
    const fn place(&self) -> u64 {
        ((self.source as u64) << 32) + self.step
    }

    fn shown(self) -> TimelineEntry {
        TimelineEntry {
            at: self.at,
            role: self.source.role().to_owned(),
            text: describe(&self.event),
            event: self.event,
            step: self.step,
            actor: self.actor,
            cause: self.cause,
        }
    }
}

/// Writes what the batch changed: each story once.
pub(crate) fn write_changed(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    generation: Generation,
    memory: &mut Memory,
    tells_live: bool,
) -> Result<(), StoreError> {
    for (id, remembered, steps) in memory.take_changed() {
        append_steps(turn, generation, OrderId(id), &steps);
        let Some(view) = remembered.story.view(OrderId(id), &remembered.shop, remembered.number) else {
            // Its neighbours were heard before the order itself: kept, and shown once it is known.
            turn.put_row(row(generation, id, &remembered, None, true));
            continue;
        };
        let hidden = remembered.story.is_hidden(answers_when_paid(shops, &remembered.story));
        turn.put_row(row(generation, id, &remembered, Some(&view), hidden));
        if tells_live && !hidden {
            tell(turn, generation, &view)?;
        }
    }
    Ok(())
}

/// The steps that a batch took, in one line of the timeline: at the place of the first.
fn append_steps(turn: &mut Turn<'_>, generation: Generation, order: OrderId, steps: &[StoredEntry]) {
    let Some(first) = steps.first() else { return };
    turn.append_entry(Entry {
        collection: generation.timeline(),
        id: order.0,
        sequence: first.place(),
        body: serde_json::to_vec(steps).unwrap_or_default(),
    });
}

fn tell(turn: &mut Turn<'_>, generation: Generation, view: &StoryView) -> Result<(), StoreError> {
    let change = StoryChange {
        order: view.order,
        number: view.number,
        call_number: view.call_number,
        state: view.state,
        cancel_requested: view.cancel_requested,
        at: view.changed_at,
        version: view.version,
    };
    let sequence = turn.next_number(&generation.counter(&view.shop))?;
    turn.append_entry(Entry {
        collection: generation.changes(),
        id: shop_stream_id(view.shop.as_str()),
        sequence,
        body: serde_json::to_vec(&change).unwrap_or_default(),
    });
    Ok(())
}

fn answers_when_paid(shops: &ShopDirectory, story: &Story) -> bool {
    let life = story.life().and_then(|hash| shops.pinned(hash).ok());
    life.is_some_and(|life| {
        life.payment.when == PaymentTime::AtOrder && life.payment.unavailable == WhenUnavailable::Reject
    })
}

fn row(
    generation: Generation,
    id: Uuid,
    remembered: &Remembered,
    view: Option<&StoryView>,
    hidden: bool,
) -> Row {
    let items =
        view.map(|view| view.lines.iter().map(|line| line.item.as_str()).collect::<Vec<_>>().join(" "));
    let stored = StoredStory { story: remembered.story.clone() };
    Row {
        collection: generation.stories(),
        id,
        shop: remembered.shop.clone(),
        number: remembered.number,
        customer: view.and_then(|view| view.customer.as_ref()).map(ToString::to_string),
        state: view.map_or("", |view| view.state.as_str()).into(),
        at: view.map(|view| view.placed_at).unwrap_or_default(),
        search: items.unwrap_or_default(),
        version: remembered.story.version(),
        hidden,
        body: serde_json::to_vec(&stored).unwrap_or_default(),
    }
}

/// The timeline of an order: by time, then by the order's own steps first.
pub(crate) fn read_timeline(
    store: &mut dyn Reader,
    generation: Generation,
    order: Uuid,
) -> Result<Vec<TimelineEntry>, StoreError> {
    let mut steps = read_steps(store, generation, order)?;
    steps.sort_by_key(|step| (step.at, step.source, step.step));
    Ok(steps.into_iter().map(StoredEntry::shown).collect())
}

/// The steps of a story, in the order of their places: however they came together in batches.
fn read_steps(
    store: &mut dyn Reader,
    generation: Generation,
    order: Uuid,
) -> Result<Vec<StoredEntry>, StoreError> {
    let mut steps = Vec::new();
    for entry in store.entries(&generation.timeline(), order, 0, usize::MAX >> 1)? {
        let taken: Vec<StoredEntry> =
            serde_json::from_slice(&entry.body).map_err(|error| StoreError::Damaged {
                place: format!("{} of {}", entry.collection, entry.id),
                detail: error.to_string(),
            })?;
        steps.extend(taken);
    }
    steps.sort_by_key(StoredEntry::place);
    Ok(steps)
}

/// Reads a story back from its row.
///
/// # Errors
/// [`StoreError::Damaged`] when the row holds no story.
pub fn story_of(row: &Row) -> Result<Story, StoreError> {
    serde_json::from_slice::<StoredStory>(&row.body).map(|stored| stored.story).map_err(|error| {
        StoreError::Damaged { place: format!("{} row {}", row.collection, row.id), detail: error.to_string() }
    })
}

/// The hash of every story and timeline of a generation, in the order of their ids: equal for two
/// generations that tell the same.
///
/// # Errors
/// When the store cannot be read.
pub fn story_hash(store: &mut dyn Reader, generation: Generation) -> Result<(u64, Hash), StoreError> {
    let query = RowQuery {
        collection: generation.stories().into_owned(),
        hidden: true,
        order: RowOrder::OldestFirst,
        limit: 1_000,
        ..RowQuery::default()
    };
    let mut after = None;
    let (mut count, mut hash) = (0, Hash::default());
    loop {
        let rows = store.rows(&RowQuery { after, ..query.clone() })?;
        for row in &rows {
            let mut bytes = hash.to_vec();
            bytes.extend_from_slice(row.id.as_bytes());
            bytes.extend_from_slice(&row.body);
            for step in read_steps(store, generation, row.id)? {
                bytes.extend_from_slice(&serde_json::to_vec(&step).unwrap_or_default());
            }
            hash = chain::digest(&bytes);
            count += 1;
        }
        match rows.last() {
            Some(last) => after = Some((last.number, last.id)),
            None => return Ok((count, hash)),
        }
    }
}
