use std::sync::Arc;

use kernel::planted::{self, Bug};
use kernel::{Hash, Recorded, Timestamp};
use uuid::Uuid;

use super::store::Store;
use crate::{Batch, NewEvent, Position, StoreError, chain};

/// An event and the hash of its personal part, which stays when the part is erased.
#[derive(Clone)]
pub(super) struct StoredEvent {
    pub(super) event: Arc<Recorded>,
    pub(super) personal_hash: Option<Hash>,
}

/// The hash of a batch over its events, chained over batches.
#[derive(Clone)]
pub(super) struct BatchSeal {
    pub(super) at: Timestamp,
    pub(super) first_position: Position,
    pub(super) last_position: Position,
    pub(super) hash: Hash,
}

impl Store {
    pub(super) fn head(&self) -> Position {
        self.events.len() as u64
    }

    pub(super) fn stored(&self, position: Position) -> Option<&StoredEvent> {
        let index = usize::try_from(position.checked_sub(1)?).ok()?;
        self.events.get(index)
    }

    /// The events of a stream after a version.
    pub(super) fn load(&self, stream_id: Uuid, after_version: u64) -> Result<Vec<Recorded>, StoreError> {
        let Some(positions) = self.streams.get(&stream_id) else {
            return Ok(Vec::new());
        };
        let skipped = usize::try_from(after_version).unwrap_or(usize::MAX).min(positions.len());
        positions[skipped..]
            .iter()
            .filter_map(|position| self.stored(*position))
            .map(|stored| self.verified(stored).map(|event| (**event).clone()))
            .collect()
    }

    /// Up to `limit` events after a position.
    pub(super) fn read_after(&self, after: Position, limit: usize) -> Result<Vec<Arc<Recorded>>, StoreError> {
        let skipped = usize::try_from(after).unwrap_or(usize::MAX).min(self.events.len());
        self.events[skipped..]
            .iter()
            .filter(|stored| self.late != Some(stored.event.position))
            .take(limit)
            .map(|stored| self.verified(stored).cloned())
            .collect()
    }

    fn verified<'a>(&self, stored: &'a StoredEvent) -> Result<&'a Arc<Recorded>, StoreError> {
        if self.suspect {
            stored.verify()?;
        }
        Ok(&stored.event)
    }

    /// Appends the batch's events and seals them.
    pub(super) fn apply_events(&mut self, batch: &mut Batch) -> Vec<Arc<Recorded>> {
        let events = std::mem::take(&mut batch.events);
        if events.is_empty() {
            return Vec::new();
        }
        let recorded: Vec<_> = events.into_iter().map(|event| self.append(event, batch.at)).collect();
        self.seal(batch.at, &recorded);
        self.late = (planted::is(Bug::B9) && self.seals.len().is_multiple_of(5))
            .then(|| self.head() - 1)
            .filter(|position| *position > 0);
        recorded
    }

    fn append(&mut self, event: NewEvent, at: Timestamp) -> Arc<Recorded> {
        let position = self.head() + 1;
        let personal_hash = event.personal.as_ref().map(|part| chain::digest(&part.bytes));
        let recorded = Arc::new(Recorded {
            position,
            stream_kind: self.name(event.stream.kind),
            stream_id: event.stream.id,
            version: event.version,
            event_type: self.name(event.event_type),
            at,
            subject: event.subject,
            causation: event.causation,
            actor: event.actor,
            data: event.data,
            personal: event.personal,
            previous_hash: event.previous_hash,
            hash: event.hash,
        });
        self.streams.entry(recorded.stream_id).or_default().push(position);
        self.events.push(StoredEvent { event: Arc::clone(&recorded), personal_hash });
        recorded
    }

    fn seal(&mut self, at: Timestamp, recorded: &[Arc<Recorded>]) {
        let previous = self.seals.last().map_or_else(Hash::default, |seal| seal.hash);
        let last_position = self.head();
        let first_position = last_position + 1 - recorded.len() as u64;
        let hash = chain::batch_hash(
            &previous,
            at.millis(),
            first_position,
            recorded.iter().map(|event| &event.hash),
        );
        self.seals.push(BatchSeal { at, first_position, last_position, hash });
    }

    fn name(&mut self, name: &'static str) -> Arc<str> {
        Arc::clone(self.names.entry(name).or_insert_with(|| name.into()))
    }

    /// Changes a stored event behind the journal's back.
    pub(super) fn change_event(&mut self, stream_id: Uuid, version: u64, change: impl FnOnce(&mut Recorded)) {
        let place = self
            .events
            .iter_mut()
            .find(|stored| stored.event.stream_id == stream_id && stored.event.version == version);
        if let Some(stored) = place {
            change(Arc::make_mut(&mut stored.event));
        }
    }
}

impl StoredEvent {
    /// Holds the event against its own hash, and its personal part against that part's.
    pub(super) fn verify(&self) -> Result<(), StoreError> {
        let event = &self.event;
        let damaged = |detail: &str| {
            Err(StoreError::Damaged {
                place: format!("events at position {}", event.position),
                detail: detail.to_owned(),
            })
        };
        if chain::recorded_hash(event, self.personal_hash) != event.hash {
            return damaged("the event does not fit its hash");
        }
        let bytes = event.personal.as_ref().map_or(&[][..], |part| &part.bytes);
        if !bytes.is_empty() && self.personal_hash != Some(chain::digest(bytes)) {
            return damaged("the personal part does not fit its hash");
        }
        Ok(())
    }
}
