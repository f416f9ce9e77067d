use std::collections::BTreeMap;

use bus::Feed;
use catalog_contract::ShopDirectory;
use journal::{Reader, Row, StoreError, Timer};
use kernel::ShopKey;
use runtime::{FeedOpener, PolicyFailure, Turn};
use serde::{Deserialize, Serialize};
use tracking_domain::Source;
use uuid::Uuid;

use crate::memory::Memory;
use crate::service::SOURCES;
use crate::views::{Generation, fold_event, write_changed};

/// Events folded per step and source: small enough that live events hardly wait.
const STEP_EVENTS: usize = 512;
const TIMER: &str = "rebuild-stories";
const META: &str = "rebuilds";
const META_ID: Uuid = Uuid::from_u128(1);

/// A generation that is being made. Its positions are kept in the store: killed half-way, it goes on.
pub(crate) struct Rebuild {
    pub(crate) generation: Generation,
    positions: BTreeMap<String, u64>,
    memory: Memory,
    open: BTreeMap<&'static str, Box<dyn Feed>>,
}

/// How far a rebuild is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebuildProgress {
    /// The generation that is being made.
    pub generation: Generation,
    /// Events folded so far.
    pub done: u64,
    /// Events the live view has folded.
    pub total: u64,
}

/// Begins the next generation.
pub(crate) fn begin(turn: &mut Turn<'_>, live: Generation) -> Rebuild {
    let rebuild = Rebuild {
        generation: live.next(),
        positions: BTreeMap::new(),
        memory: Memory::default(),
        open: BTreeMap::new(),
    };
    turn.clear_rows(rebuild.generation.stories());
    turn.clear_rows(rebuild.generation.changes());
    turn.clear_rows(rebuild.generation.days());
    turn.clear_rows(rebuild.generation.census());
    rebuild.note(turn);
    rebuild.go_on(turn);
    rebuild
}

impl Rebuild {
    /// The rebuild that was under way when the program ended.
    pub(crate) fn read(store: &mut dyn Reader) -> Result<Option<Self>, StoreError> {
        let Some(row) = store.row(META, META_ID)? else { return Ok(None) };
        let positions = serde_json::from_slice(&row.body)
            .map_err(|error| StoreError::Damaged { place: META.into(), detail: error.to_string() })?;
        Ok(Some(Self {
            generation: Generation(row.number),
            positions,
            memory: Memory::default(),
            open: BTreeMap::new(),
        }))
    }

    pub(crate) fn progress(&self, applied: &BTreeMap<&'static str, u64>) -> RebuildProgress {
        RebuildProgress {
            generation: self.generation,
            done: self.positions.values().sum(),
            total: applied.iter().filter(|(role, _)| **role != "catalog").map(|(_, position)| position).sum(),
        }
    }

    /// Folds some more, never beyond what the live view has folded. Whether it has caught up.
    pub(crate) fn step(
        &mut self,
        turn: &mut Turn<'_>,
        shops: &ShopDirectory,
        applied: &BTreeMap<&'static str, u64>,
        openers: &mut [FeedOpener],
    ) -> Result<bool, PolicyFailure> {
        let mut behind = false;
        for (index, role) in SOURCES.iter().enumerate() {
            let (Some(source), Some(opener)) = (Source::of_role(role), openers.get_mut(index)) else {
                continue;
            };
            let (at, until) = (self.position(role), applied.get(role).copied().unwrap_or(0));
            let limit = STEP_EVENTS.min(usize::try_from(until.saturating_sub(at)).unwrap_or(STEP_EVENTS));
            if limit == 0 {
                continue;
            }
            for event in self.feed(role, opener)?.read_after(at, limit)? {
                fold_event(turn, shops, self.generation, &mut self.memory, source, &event)?;
                self.positions.insert((*role).to_owned(), event.position);
            }
            behind |= self.position(role) < until;
        }
        write_changed(turn, shops, self.generation, &mut self.memory, false)?;
        self.note(turn);
        if behind {
            self.go_on(turn);
        }
        Ok(!behind)
    }

    /// Ends it: its note and the old generation go.
    pub(crate) fn end(&self, turn: &mut Turn<'_>, old: Generation) {
        turn.delete_row(META, META_ID);
        turn.clear_rows(old.stories());
        turn.clear_rows(old.changes());
        turn.clear_rows(old.days());
        turn.clear_rows(old.census());
    }

    fn feed(
        &mut self,
        role: &'static str,
        opener: &mut FeedOpener,
    ) -> Result<&mut Box<dyn Feed>, StoreError> {
        match self.open.entry(role) {
            std::collections::btree_map::Entry::Occupied(open) => Ok(open.into_mut()),
            std::collections::btree_map::Entry::Vacant(free) => Ok(free.insert(opener()?)),
        }
    }

    fn position(&self, role: &str) -> u64 {
        self.positions.get(role).copied().unwrap_or(0)
    }

    fn note(&self, turn: &mut Turn<'_>) {
        let at = turn.now();
        turn.put_row(Row {
            collection: META.into(),
            id: META_ID,
            shop: ShopKey::from(""),
            number: self.generation.0,
            customer: None,
            state: "".into(),
            at,
            search: String::new(),
            version: 1,
            hidden: true,
            body: serde_json::to_vec(&self.positions).unwrap_or_default(),
        });
    }

    fn go_on(&self, turn: &mut Turn<'_>) {
        let at = turn.now();
        turn.set_timer(Timer {
            key: TIMER.into(),
            kind: TIMER.into(),
            at,
            order: None,
            attempt: 1,
            payload: Vec::new(),
        });
    }
}
