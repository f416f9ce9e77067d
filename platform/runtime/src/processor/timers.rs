//! Timers that are due, and effects whose lease ran out.

use journal::{Journal, StoreError, Timer, TimerWrite};
use kernel::{Actor, Causation, Timestamp};
use uuid::Uuid;

use super::Processor;
use crate::cause::Cause;
use crate::effect::{EFFECT_KIND_PREFIX, EffectStart};
use crate::outputs::Outputs;
use crate::service::Service;
use crate::staging::{Gathered, Staging};

/// A timer or effect that fails is tried again after this long, doubled with each attempt.
const RETRY_BASE_MILLIS: i64 = 1_000;
const RETRY_MAX_MILLIS: i64 = 3_600_000;
/// Leases are at most this long; what is due later is a planned attempt.
const LEASE_MAX_MILLIS: i64 = 15_000;

impl<S: Service, J: Journal> Processor<S, J> {
    pub(super) fn timers(
        &mut self,
        now: Timestamp,
        gathered: &mut Gathered,
        outputs: &mut Outputs<S::Reply, S::Refusal>,
    ) -> Result<(), StoreError> {
        if self.timers_wait() {
            return Ok(());
        }
        let due = self.journal.due_timers(now, self.quotas.timers)?;
        outputs.timers_left = due.len() == self.quotas.timers;
        for timer in due {
            // A turn of this very batch may have moved or ended it.
            match gathered.timer(&timer.key) {
                Some(Some(moved)) if moved.at > now => continue,
                Some(None) => continue,
                _ => {}
            }
            outputs.inputs += 1;
            match timer.kind.strip_prefix(EFFECT_KIND_PREFIX) {
                Some(kind) => self.restart_effect(now, &timer, kind, gathered),
                None => self.fire(now, &timer, gathered),
            }
        }
        Ok(())
    }

    pub(super) fn timers_wait(&self) -> bool {
        self.sources.iter().any(|source| source.position < source.head_at_start)
    }

    pub(super) fn fire(&mut self, now: Timestamp, timer: &Timer, gathered: &mut Gathered) {
        let causation = Causation::timer(&timer.kind);
        let result = self.turn(now, Actor::system(), Cause::Known(causation), gathered, |service, turn| {
            turn.cancel_timer(timer.key.clone());
            service.on_timer(timer, turn)
        });
        if matches!(result, Ok(Ok(()))) {
            return;
        }
        let again = Timer {
            at: now.plus_millis(backoff_millis(timer.attempt)),
            attempt: timer.attempt + 1,
            ..timer.clone()
        };
        gathered.keep(&mut Staging { timers: vec![TimerWrite::Set(again)], ..Staging::default() });
    }

    pub(super) fn restart_effect(
        &mut self,
        now: Timestamp,
        timer: &Timer,
        kind: &str,
        gathered: &mut Gathered,
    ) {
        let attempt = timer.attempt + 1;
        let lease =
            Timer { at: now.plus_millis(backoff_millis(attempt).max(5_000)), attempt, ..timer.clone() };
        let effect = EffectStart {
            key: timer.key.clone(),
            kind: kind.to_owned(),
            order: timer.order,
            attempt,
            payload: timer.payload.clone(),
            causation: Causation::timer(&timer.kind),
        };
        gathered.keep(&mut Staging {
            timers: vec![TimerWrite::Set(lease)],
            effects: vec![effect],
            ..Staging::default()
        });
    }
}

/// What was under way when the program ended is started again now, not when its lease runs out.
/// Attempts planned for later stay planned.
pub(super) fn start_effects_again(
    journal: &mut impl Journal,
    id: Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    let soon = now.plus_millis(LEASE_MAX_MILLIS);
    let timers = journal.timers()?.into_iter();
    let timers: Vec<_> = timers
        .filter(|timer| timer.kind.starts_with(EFFECT_KIND_PREFIX) && timer.at > now && timer.at <= soon)
        .map(|timer| TimerWrite::Set(Timer { at: now, ..timer }))
        .collect();
    if timers.is_empty() {
        return Ok(());
    }
    journal.commit(journal::Batch { id, at: now, timers, ..journal::Batch::default() })?;
    Ok(())
}

/// Planted bug B14.
pub(super) fn lose_timers(journal: &mut impl Journal, id: Uuid, at: Timestamp) -> Result<(), StoreError> {
    let timers =
        journal.timers()?.into_iter().map(|timer| TimerWrite::Cancel { key: timer.key }).collect::<Vec<_>>();
    if !timers.is_empty() {
        journal.commit(journal::Batch { id, at, timers, ..journal::Batch::default() })?;
    }
    Ok(())
}

/// How long to wait before the next attempt, milliseconds.
fn backoff_millis(attempt: u32) -> i64 {
    RETRY_BASE_MILLIS.saturating_mul(1 << attempt.min(20)).min(RETRY_MAX_MILLIS)
}
