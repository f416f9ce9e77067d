//! The shops' own words: heard from the catalog's journal by every process, wherever the catalog is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use bus::{Bell, Feed};
use catalog_contract::CatalogEvent;
use kernel::Recorded;
use runtime::FeedOpener;
use tokio_util::sync::CancellationToken;
use vocabulary::SharedShops;

use crate::house::House;
use crate::roles::Role;

/// How long news may take where no bell rings.
const LISTEN_AGAIN: Duration = Duration::from_millis(250);
/// Events that are read at once.
const EVENTS: usize = 512;

/// What has been heard.
#[derive(Clone, Default)]
pub(crate) struct Words {
    pub(crate) shops: SharedShops,
    heard: Arc<AtomicU64>,
}

impl Words {
    /// How far the catalog's journal has been read.
    pub(crate) fn heard(&self) -> u64 {
        self.heard.load(Ordering::Acquire)
    }

    fn hear(&self, events: &[Arc<Recorded>]) {
        // What is not understood is of a catalog that is younger than this process: it is passed over.
        let told: Vec<CatalogEvent> = events.iter().filter_map(|event| event.decode().ok()).collect();
        self.shops.hear(&told);
        if let Some(last) = events.last() {
            self.heard.store(last.position, Ordering::Release);
        }
    }
}

/// Listens to the catalog until shutdown.
pub(crate) fn listen(house: &House, shutdown: CancellationToken) -> Result<Words> {
    let (words, bell) = (Words::default(), Bell::default());
    let (hearing, opener) = (words.clone(), house.feed(Role::Catalog, &bell, false));
    std::thread::Builder::new()
        .name("words".to_owned())
        .spawn(move || follow(&hearing, opener, &bell, &shutdown))
        .context("nobody can listen to the catalog")?;
    Ok(words)
}

fn follow(words: &Words, mut opener: FeedOpener, bell: &Bell, shutdown: &CancellationToken) {
    let mut feed: Option<Box<dyn Feed>> = None;
    while !shutdown.is_cancelled() {
        // A catalog that is not there yet is looked for again.
        feed = feed.or_else(|| opener().ok());
        let read = feed.as_mut().map(|feed| feed.read_after(words.heard(), EVENTS));
        match read {
            Some(Ok(events)) if !events.is_empty() => words.hear(&events),
            Some(Ok(_)) => {
                let _rung = bell.wait(LISTEN_AGAIN);
            }
            Some(Err(_)) | None => {
                feed = None;
                let _rung = bell.wait(LISTEN_AGAIN);
            }
        }
    }
}
