use std::collections::BTreeMap;

use catalog_contract::ShopDirectory;
use journal::{Entry, Reader, Row, RowOrder, RowQuery, StoreError, chain};
use kernel::{Hash, OrderId, ShopKey};
use runtime::Turn;
use serde::Deserialize;
use serde_json::value::RawValue;
use tracking_contract::StoryChange;
use tracking_domain::{Headline, Story};
use uuid::Uuid;

use crate::memory::{Memory, Remembered};
use crate::views::generation::shop_stream_id;
use crate::views::steps::{Steps, StoredStep, in_place, read_steps};
use crate::views::{CensusHeard, Generation, all_censuses, all_days, write_census, write_days};

/// The rows of stories with their steps, per generation.
pub const STORIES: &str = "stories";
/// The live stream, per generation.
pub const CHANGES: &str = "changes";

/// A row's body: the story that is shown, and its steps.
#[derive(Deserialize)]
pub(crate) struct StoredStory {
    pub(crate) story: Story,
    #[serde(deserialize_with = "read_steps")]
    pub(crate) steps: Vec<StoredStep>,
}

/// A row's body, to go on with.
#[derive(Deserialize)]
struct ResumedStory<'r> {
    story: Story,
    #[serde(borrow)]
    steps: &'r RawValue,
}

/// Where only the story counts.
#[derive(Deserialize)]
struct StoryOnly {
    story: Story,
}

/// Writes what the batch changed: each story once.
pub(crate) fn write_changed(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    generation: Generation,
    memory: &mut Memory,
    tells_live: bool,
) -> Result<(), StoreError> {
    let mut told: BTreeMap<ShopKey, Vec<StoryChange>> = BTreeMap::new();
    let mut days = std::mem::take(&mut memory.days);
    let mut census = CensusHeard::new();
    memory.take_changed(|id, remembered| {
        let Some(headline) = remembered.story.headline() else {
            // Its neighbours were heard before the order itself: kept, and shown once it is known.
            turn.put_row(row(generation, id, remembered, None, true));
            return Ok(());
        };
        let life = remembered.story.life().and_then(|hash| shops.pinned(hash).ok());
        if let Some(life) = life {
            remembered.counted.count(&remembered.story, life, |day, fact| {
                days.entry((remembered.shop.clone(), day)).or_default().add(fact);
            });
        }
        let hidden = remembered.story.is_hidden(life.is_some_and(|life| life.payment.answers_when_paid()));
        let heard = census.entry(remembered.shop.clone()).or_default();
        remembered.enlisted.enlist(&remembered.story, hidden, heard);
        turn.put_row(row(generation, id, remembered, Some(&headline), hidden));
        if tells_live && !hidden {
            let change = change_of(OrderId(id), remembered.number, &headline);
            told.entry(remembered.shop.clone()).or_default().push(change);
        }
        Ok(())
    })?;
    write_days(turn, generation, days)?;
    write_census(turn, generation, census)?;
    told.iter().try_for_each(|(shop, changes)| tell(turn, generation, shop, changes))
}

/// What a batch changed in a shop, as one line of its live stream: at the place of the last change.
fn tell(
    turn: &mut Turn<'_>,
    generation: Generation,
    shop: &ShopKey,
    changes: &[StoryChange],
) -> Result<(), StoreError> {
    let sequence = turn.next_numbers(&generation.counter(shop), changes.len() as u64)?;
    turn.append_entry(Entry {
        collection: generation.changes(),
        id: shop_stream_id(shop.as_str()),
        sequence,
        body: serde_json::to_vec(changes).unwrap_or_default(),
    });
    Ok(())
}

/// The changes of a line, each with its place.
pub(crate) fn changes_of(entry: &Entry) -> Result<Vec<(u64, StoryChange)>, StoreError> {
    let changes: Vec<StoryChange> =
        serde_json::from_slice(&entry.body).map_err(|error| damaged_entry(entry, &error))?;
    let first = (entry.sequence + 1).saturating_sub(changes.len() as u64);
    Ok((first..).zip(changes).collect())
}

fn change_of(order: OrderId, number: u64, headline: &Headline<'_>) -> StoryChange {
    StoryChange {
        order,
        number,
        call_number: headline.call_number,
        state: headline.state,
        cancel_requested: headline.cancel_requested,
        at: headline.changed_at,
        version: headline.version,
    }
}

fn row(
    generation: Generation,
    id: Uuid,
    remembered: &Remembered,
    headline: Option<&Headline<'_>>,
    hidden: bool,
) -> Row {
    let items = headline
        .map(|headline| headline.lines.iter().map(|line| line.item.as_str()).collect::<Vec<_>>().join(" "));
    Row {
        collection: generation.stories(),
        id,
        shop: remembered.shop.clone(),
        number: remembered.number,
        customer: headline.and_then(|headline| headline.customer).map(ToString::to_string),
        state: headline.map_or("", |headline| headline.state.as_str()).into(),
        at: headline.map(|headline| headline.placed_at).unwrap_or_default(),
        search: items.unwrap_or_default(),
        version: remembered.story.version(),
        hidden,
        body: body_of(&remembered.story, &remembered.steps),
    }
}

fn body_of(story: &Story, steps: &Steps) -> Vec<u8> {
    let mut body = Vec::with_capacity(1_024 + steps.items().len());
    body.extend_from_slice(b"{\"story\":");
    // Texts and numbers into memory: writing them cannot fail.
    serde_json::to_writer(&mut body, story).unwrap_or_default();
    body.extend_from_slice(b",\"steps\":[");
    body.extend_from_slice(steps.items());
    body.extend_from_slice(b"]}");
    body
}

/// A story with its steps, out of its row.
pub(crate) fn stored_story(row: &Row) -> Result<StoredStory, StoreError> {
    serde_json::from_slice(&row.body).map_err(|error| damaged_row(row, &error))
}

/// A story with its steps, to go on with.
pub(crate) fn resumed_story(row: &Row) -> Result<(Story, Steps), StoreError> {
    let damaged = |error| damaged_row(row, &error);
    let resumed: ResumedStory<'_> = serde_json::from_slice(&row.body).map_err(damaged)?;
    Ok((resumed.story, Steps::resume(resumed.steps).map_err(damaged)?))
}

/// Reads a story back from its row.
///
/// # Errors
/// [`StoreError::Damaged`] when the row holds no story.
pub fn story_of(row: &Row) -> Result<Story, StoreError> {
    let stored: StoryOnly = serde_json::from_slice(&row.body).map_err(|error| damaged_row(row, &error))?;
    Ok(stored.story)
}

fn damaged_row(row: &Row, error: &serde_json::Error) -> StoreError {
    StoreError::Damaged { place: format!("{} row {}", row.collection, row.id), detail: error.to_string() }
}

fn damaged_entry(entry: &Entry, error: &serde_json::Error) -> StoreError {
    StoreError::Damaged { place: format!("{} of {}", entry.collection, entry.id), detail: error.to_string() }
}

/// The hash of every story and timeline of a generation, in the order of their ids, of every day and census:
/// equal for two generations that tell the same.
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
            let StoredStory { story, steps } = stored_story(row)?;
            bytes.extend_from_slice(&serde_json::to_vec(&story).unwrap_or_default());
            bytes.extend_from_slice(Steps::of(&in_place(steps)).items());
            hash = chain::digest(&bytes);
            count += 1;
        }
        match rows.last() {
            Some(last) => after = Some((last.number, last.id)),
            None => break,
        }
    }
    for ((shop, day), tally) in all_days(store, generation)? {
        let mut bytes = hash.to_vec();
        bytes.extend_from_slice(format!("{shop}/{day}").as_bytes());
        bytes.extend_from_slice(&serde_json::to_vec(&tally).unwrap_or_default());
        hash = chain::digest(&bytes);
    }
    for (shop, census) in all_censuses(store, generation)? {
        let mut bytes = hash.to_vec();
        bytes.extend_from_slice(shop.as_str().as_bytes());
        bytes.extend_from_slice(&serde_json::to_vec(&census).unwrap_or_default());
        hash = chain::digest(&bytes);
    }
    Ok((count, hash))
}
