//! What has arrived: every message once, however often it was sent.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use catalog_contract::Channel;
use kernel::{Clock, Timestamp};
use serde::Serialize;

/// A message as it arrived.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Arrived {
    /// Its place among all that arrived, from 1.
    pub(super) number: u64,
    /// The way it came.
    pub(super) channel: Channel,
    /// The sender's own id of it.
    pub(super) id: String,
    /// Whose phone or mail address.
    pub(super) to: String,
    /// What it says.
    pub(super) text: String,
    /// The template that it was made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) template: Option<String>,
    /// What stands for the template's variables.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) variables: BTreeMap<String, String>,
    /// The subject, where it is a mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
    /// When.
    pub(super) at: Timestamp,
    /// How often it came again.
    pub(super) repeated: u64,
}

/// A message as it comes in.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) channel: Channel,
    pub(super) id: String,
    pub(super) to: String,
    pub(super) text: String,
    pub(super) template: Option<String>,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) subject: Option<String>,
}

/// The book of what has arrived.
pub(super) struct Book {
    clock: Arc<dyn Clock>,
    pages: Mutex<Pages>,
}

#[derive(Default)]
struct Pages {
    arrived: Vec<Arrived>,
    places: HashMap<(Channel, String), usize>,
    record: Option<File>,
}

impl Book {
    /// An empty one, written down in this file too.
    pub(super) fn new(clock: Arc<dyn Clock>, record: Option<PathBuf>) -> Result<Self> {
        let open = |path: PathBuf| {
            let file = OpenOptions::new().create(true).append(true).open(&path);
            file.with_context(|| format!("--record {} cannot be written", path.display()))
        };
        let record = record.map(open).transpose()?;
        Ok(Self { clock, pages: Mutex::new(Pages { record, ..Pages::default() }) })
    }

    /// Takes a message in; whether it is new.
    pub(super) fn take(&self, incoming: Incoming) -> bool {
        let now = self.clock.now();
        let mut pages = self.pages();
        let key = (incoming.channel, incoming.id.clone());
        if let Some(place) = pages.places.get(&key).copied() {
            pages.arrived[place].repeated += 1;
            return false;
        }
        let Incoming { channel, id, to, text, template, variables, subject } = incoming;
        let place = pages.arrived.len();
        let number = place as u64 + 1;
        let arrived =
            Arrived { number, channel, id, to, text, template, variables, subject, at: now, repeated: 0 };
        if let Some(file) = &mut pages.record {
            // Texts and numbers: writing them cannot fail; a full disk is no reason to stop a sandbox.
            let line = serde_json::to_string(&arrived).unwrap_or_default();
            let _full = writeln!(file, "{line}");
        }
        pages.places.insert(key, place);
        pages.arrived.push(arrived);
        true
    }

    /// What has arrived, the newest last.
    pub(super) fn read(&self, wanted: impl Fn(&Arrived) -> bool) -> Vec<Arrived> {
        self.pages().arrived.iter().filter(|arrived| wanted(arrived)).cloned().collect()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
