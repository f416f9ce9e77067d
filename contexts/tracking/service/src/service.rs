use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use catalog_contract::{CatalogEvent, ShopDirectory};
use journal::{Reader, Row, RowOrder, RowQuery, StoreError, Timer};
use kernel::{Published, Recorded};
use runtime::{Failure, FeedOpener, PolicyFailure, Service, Turn};
use tracking_domain::Source;

use crate::memory::Memory;
use crate::shops::SharedShops;
use crate::use_cases::{self, Rebuild, RebuildProgress};
use crate::views::{Generation, fold_event, write_changed};

/// The journals that tracking follows.
pub const SOURCES: &[&str] = &["catalog", "ordering", "payment", "inventory", "kitchen", "delivery"];

/// Where the shops that were told of are kept.
pub(crate) const SHOP_EVENTS: &str = "shop-events";

/// What tracking can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Make the next generation of the stories beside the live one, and switch.
    Rebuild,
    /// How far a rebuild is.
    Progress,
}

/// What tracking answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// How far the rebuild is.
    Rebuilding(RebuildProgress),
    /// None is under way; the live generation.
    Live(Generation),
}

/// Why tracking does not do what somebody wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// This process was not given the journals to rebuild from.
    NoFeeds,
}

/// The tracking context behind its writer.
pub struct TrackingService {
    shops: SharedShops,
    live: Generation,
    memory: Memory,
    applied: BTreeMap<&'static str, u64>,
    rebuild: Option<Rebuild>,
    feeds: Vec<FeedOpener>,
}

impl TrackingService {
    /// A service that rebuilds its view from these feeds, in the order of its sources.
    #[must_use]
    pub fn new(feeds: Vec<FeedOpener>) -> Self {
        Self {
            shops: SharedShops::default(),
            live: Generation::FIRST,
            memory: Memory::default(),
            applied: BTreeMap::new(),
            rebuild: None,
            feeds,
        }
    }

    /// The shops it has heard of; shared with its routes.
    #[must_use]
    pub const fn shops(&self) -> &SharedShops {
        &self.shops
    }

    fn hear_shop(&mut self, turn: &mut Turn<'_>, event: &Recorded) -> Result<(), PolicyFailure> {
        let told: CatalogEvent = event.decode()?;
        turn.put_row(Row {
            collection: SHOP_EVENTS.into(),
            id: uuid::Uuid::from_u128(u128::from(event.position)),
            shop: event.subject.shop.clone(),
            number: event.position,
            customer: None,
            state: "".into(),
            at: event.at,
            search: event.event_type.to_string(),
            version: 1,
            hidden: true,
            body: event.data.clone(),
        });
        self.shops.apply(&told);
        Ok(())
    }
}

impl Service for TrackingService {
    type Command = Command;
    type Reply = Reply;
    type Refusal = Refusal;

    fn role(&self) -> &'static str {
        tracking_contract::ROLE
    }

    fn sources(&self) -> &'static [&'static str] {
        SOURCES
    }

    fn events_at_once(&self) -> usize {
        4_096
    }

    fn linger_millis(&self) -> RangeInclusive<u64> {
        3..=50
    }

    fn follows_in_time(&self) -> bool {
        true
    }

    fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.memory.clear();
        self.live = Generation::live(store)?;
        self.rebuild = Rebuild::read(store)?;
        self.applied = store
            .positions()?
            .into_iter()
            .filter_map(|(role, at)| Some((*SOURCES.iter().find(|name| **name == role)?, at.position)))
            .collect();
        let mut shops = ShopDirectory::default();
        let query = RowQuery {
            collection: SHOP_EVENTS.into(),
            order: RowOrder::OldestFirst,
            hidden: true,
            limit: usize::MAX >> 1,
            ..RowQuery::default()
        };
        for row in store.rows(&query)? {
            let event = CatalogEvent::decode(&row.search, &row.body, None);
            shops.apply(&event.map_err(|error| StoreError::Damaged {
                place: format!("{SHOP_EVENTS} row {}", row.number),
                detail: error.to_string(),
            })?);
        }
        self.shops.replace(shops);
        Ok(())
    }

    fn on_command(&mut self, command: Command, turn: &mut Turn<'_>) -> Result<Reply, Failure<Refusal>> {
        if command == Command::Rebuild && self.rebuild.is_none() {
            if self.feeds.is_empty() {
                return Err(Failure::Refused(Refusal::NoFeeds));
            }
            self.rebuild = Some(use_cases::begin(turn, self.live));
        }
        Ok(match &self.rebuild {
            Some(rebuild) => Reply::Rebuilding(rebuild.progress(&self.applied)),
            None => Reply::Live(self.live),
        })
    }

    fn on_event(&mut self, source: &str, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        match Source::of_role(source) {
            Some(source) => fold_event(turn, &self.shops.now(), self.live, &mut self.memory, source, event)?,
            None => self.hear_shop(turn, event)?,
        }
        if let Some(role) = SOURCES.iter().find(|name| **name == source) {
            // A parked event that is retried is an old one.
            let applied = self.applied.entry(role).or_default();
            *applied = event.position.max(*applied);
        }
        Ok(())
    }

    fn on_timer(&mut self, _: &Timer, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        let Some(rebuild) = &mut self.rebuild else { return Ok(()) };
        let done = rebuild.step(turn, &self.shops.now(), &self.applied, &mut self.feeds)?;
        if done {
            let old = self.live;
            self.live = rebuild.generation;
            self.live.go_live(turn);
            rebuild.end(turn, old);
            self.memory.clear();
            self.rebuild = None;
        }
        Ok(())
    }

    fn on_batch_end(&mut self, turn: &mut Turn<'_>) -> Result<(), StoreError> {
        write_changed(turn, &self.shops.now(), self.live, &mut self.memory, true)
    }
}
