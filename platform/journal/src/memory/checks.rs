use std::collections::BTreeMap;

use kernel::Hash;
use uuid::Uuid;

use super::store::Store;
use crate::{Batch, NewEvent, StoreError, chain};

impl Store {
    /// Whether the batch may be taken in; nothing is changed.
    pub(super) fn check(&self, batch: &Batch) -> Result<(), StoreError> {
        if self.batch_ids.contains(&batch.id) {
            return Err(StoreError::Unfit(format!("batch {} is there already", batch.id)));
        }
        let mut heads: BTreeMap<Uuid, (u64, Hash)> = BTreeMap::new();
        for event in &batch.events {
            let stream_id = event.stream.id;
            let head = heads.entry(stream_id).or_insert_with(|| {
                let version = self.streams.get(&stream_id).map_or(0, |positions| positions.len() as u64);
                (version, self.last_hash(stream_id))
            });
            check_event(event, head)?;
            *head = (event.version, event.hash);
        }
        Ok(())
    }

    /// Everything that does not fit: events, streams, batches.
    pub(super) fn audit(&self) -> Vec<StoreError> {
        let mut found: Vec<_> = self.events.iter().filter_map(|stored| stored.verify().err()).collect();
        self.audit_streams(&mut found);
        self.audit_seals(&mut found);
        found
    }

    fn audit_streams(&self, found: &mut Vec<StoreError>) {
        for (stream_id, positions) in &self.streams {
            let mut previous = Hash::default();
            for (version, stored) in (1..).zip(positions.iter().filter_map(|position| self.stored(*position)))
            {
                let event = &stored.event;
                if event.previous_hash != previous
                    || event.version != version
                    || event.stream_id != *stream_id
                {
                    found.push(damaged(
                        format!("stream {stream_id} at version {version}"),
                        "the chain is broken",
                    ));
                }
                previous = event.hash;
            }
        }
    }

    fn audit_seals(&self, found: &mut Vec<StoreError>) {
        let mut previous = Hash::default();
        for seal in &self.seals {
            let events =
                (seal.first_position..=seal.last_position).filter_map(|position| self.stored(position));
            let hash = chain::batch_hash(
                &previous,
                seal.at.millis(),
                seal.first_position,
                events.map(|stored| &stored.event.hash),
            );
            if hash != seal.hash {
                found.push(damaged(
                    format!("batch at position {}", seal.first_position),
                    "the seal is broken",
                ));
            }
            previous = seal.hash;
        }
    }
}

fn check_event(event: &NewEvent, (version, hash): &(u64, Hash)) -> Result<(), StoreError> {
    if event.version != version + 1 || event.previous_hash != *hash {
        return Err(StoreError::Conflict { stream: event.stream.to_string(), expected: event.version });
    }
    if chain::event_hash(event) != event.hash {
        return Err(damaged(
            format!("new event {} of {}", event.version, event.stream),
            "it does not fit its hash",
        ));
    }
    Ok(())
}

fn damaged(place: String, detail: &str) -> StoreError {
    StoreError::Damaged { place, detail: detail.to_owned() }
}
