//! The end of a batch: all of it on the disk, or none of it known any longer.

use std::collections::BTreeSet;
use std::sync::Arc;

use journal::{CounterValue, Journal, JournalIdentity, RowWrite, SourcePosition, StoreError};
use kernel::planted::{self, Bug};
use kernel::{Actor, Causation, Recorded, Timestamp};
use uuid::Uuid;

use super::{Passed, Processor};
use crate::cause::Cause;
use crate::outputs::{Change, Outputs};
use crate::parking::Parking;
use crate::service::Service;
use crate::staging::Gathered;

impl<S: Service, J: Journal> Processor<S, J> {
    pub(super) fn end_batch(&mut self, now: Timestamp, gathered: &mut Gathered) -> Result<(), StoreError> {
        let cause = Cause::Known(Causation::timer("batch"));
        let ended =
            self.turn(now, Actor::system(), cause, gathered, |service, turn| service.on_batch_end(turn));
        ended.unwrap_or_else(|panic| {
            Err(StoreError::Unavailable(format!("the end of the batch failed: {panic}")))
        })
    }

    pub(super) fn commit(
        &mut self,
        now: Timestamp,
        gathered: Gathered,
        moved: &BTreeSet<usize>,
        outputs: &mut Outputs<S::Reply, S::Refusal>,
    ) -> Result<(), StoreError> {
        let Gathered { mut batch, effects, counters, .. } = gathered;
        batch.counters = counters.into_iter().map(|(name, value)| CounterValue { name, value }).collect();
        self.passed.sources.extend(moved);
        self.passed.events += outputs.applied.len() + outputs.passed;
        let passed_enough = self.passed.due || self.passed.events >= self.quotas.passed;
        if !batch.is_empty() || passed_enough {
            batch.positions =
                self.passed.sources.iter().map(|&source| self.source_position(source)).collect();
        }
        if !batch.is_empty() {
            batch.id = self.ids.next_id(now);
            batch.at = now;
            let rows: Vec<_> = batch
                .rows
                .iter()
                .filter_map(|write| match write {
                    RowWrite::Put(row) => Some(Arc::clone(row)),
                    _ => None,
                })
                .collect();
            let rows_gone = rows.len() < batch.rows.len();
            let events = self.write(batch, outputs)?;
            self.passed = Passed::default();
            outputs.change = Change { events, rows, rows_gone };
        }
        if std::mem::take(&mut self.reload_service) {
            self.service.reload(&mut self.journal)?;
        }
        outputs.effects = effects;
        // Timers that wait for a source are due when it has been followed, not before.
        outputs.next_timer_at = if self.timers_wait() { None } else { self.journal.next_timer_at()? };
        Ok(())
    }

    pub(super) fn write(
        &mut self,
        mut batch: journal::Batch,
        outputs: &mut Outputs<S::Reply, S::Refusal>,
    ) -> Result<Vec<Arc<Recorded>>, StoreError> {
        if planted::is(Bug::B4) && !batch.positions.is_empty() {
            let positions = journal::Batch {
                id: self.ids.next_id(batch.at),
                at: batch.at,
                positions: batch.positions.clone(),
                ..journal::Batch::default()
            };
            self.journal.commit(positions)?;
        }
        let id = batch.id;
        if planted::is(Bug::B5) && !batch.positions.is_empty() {
            let positions = std::mem::take(&mut batch.positions);
            let at = batch.at;
            let events = self.journal.commit(batch)?;
            let later =
                journal::Batch { id: self.ids.next_id(at), at, positions, ..journal::Batch::default() };
            self.journal.commit(later)?;
            return Ok(events);
        }
        match self.journal.commit(batch) {
            Err(_) if planted::is(Bug::B1) => {
                outputs.stalls.clear();
                Ok(Vec::new())
            }
            Err(StoreError::Unavailable(cause)) => {
                // The outcome is unknown: it is looked up before anybody is answered.
                if self.journal.holds_batch(id)? {
                    return Err(StoreError::Unavailable(format!(
                        "committed, but the connection was lost: {cause}"
                    )));
                }
                Err(StoreError::Unavailable(cause))
            }
            other => other,
        }
    }

    pub(super) fn forget_everything(&mut self) -> Result<(), StoreError> {
        self.cache.clear();
        self.passed = Passed::default();
        for source in &mut self.sources {
            let stored = self.journal.positions()?;
            source.position =
                stored.iter().find(|(name, _)| name == source.role).map_or(0, |(_, at)| at.position);
        }
        self.parking = Parking::load(self.journal.parked()?);
        self.audit_lines = self.journal.counter("audit")?;
        self.service.reload(&mut self.journal)?;
        self.ahead_of_store = false;
        Ok(())
    }

    pub(super) fn source_position(&self, source: usize) -> (std::borrow::Cow<'static, str>, SourcePosition) {
        let state = &self.sources[source];
        let identity = state.identity.unwrap_or(JournalIdentity { journal: Uuid::nil(), epoch: 0 });
        (state.role.into(), SourcePosition { identity, position: state.position })
    }
}
