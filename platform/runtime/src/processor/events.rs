//! Neighbours' events: applied in order, or parked with their order.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use journal::{Journal, ParkedEvent, Position, StoreError};
use kernel::planted::{self, Bug};
use kernel::{Recorded, Timestamp};

use super::Processor;
use crate::cause::Cause;
use crate::inputs::{EventsFrom, block_key};
use crate::outputs::{Outputs, Stall};
use crate::service::{PolicyFailure, Service};
use crate::staging::Gathered;
use crate::turn::Turn;

/// So many parked events within the window stop the subscription: something larger is wrong.
const PARKED_MAX: usize = 100;
const PARKED_WINDOW_MILLIS: i64 = 60_000;

impl<S: Service, J: Journal> Processor<S, J> {
    pub(super) fn events(
        &mut self,
        now: Timestamp,
        from: EventsFrom,
        gathered: &mut Gathered,
        outputs: &mut Outputs<S::Reply, S::Refusal>,
        moved: &mut BTreeSet<usize>,
    ) {
        let source = from.source;
        let role = self.sources[source].role;
        let mut unheard = from.stretch.unheard.into_iter().peekable();
        for event in from.stretch.events {
            while let Some(range) = unheard.next_if(|range| *range.end() < event.position) {
                self.pass_by(source, range, outputs, moved);
            }
            let position = self.sources[source].position;
            if event.position <= position && !planted::is(Bug::B6) {
                continue;
            }
            if event.position > position + 1 && !planted::is(Bug::B9) {
                let reason =
                    format!("positions {} to {} of {role} are missing", position + 1, event.position - 1);
                outputs.stalls.push(Stall { source, reason, expected: false });
                return;
            }
            if !self.service.hears(role, event.name()) {
                self.pass_by(source, event.position..=event.position, outputs, moved);
                continue;
            }
            outputs.inputs += 1;
            if planted::is(Bug::B7) && !self.seen_types.insert((block_key(&event), event.event_type.clone()))
            {
                self.sources[source].position = event.position.max(position);
                moved.insert(source);
                continue;
            }
            match self.event(now, role, &event, gathered) {
                Ok(parked) => {
                    outputs.parked += usize::from(parked);
                    self.sources[source].position = event.position.max(position);
                    moved.insert(source);
                    outputs.applied.push((source, event));
                }
                Err(stop) => {
                    let (reason, expected) = match stop {
                        PolicyFailure::NotYet(reason) => (reason, true),
                        PolicyFailure::Poison(reason) => (reason, false),
                        PolicyFailure::Broken(error) => (error.to_string(), false),
                    };
                    outputs.stalls.push(Stall { source, reason, expected });
                    return;
                }
            }
        }
        for range in unheard {
            self.pass_by(source, range, outputs, moved);
        }
    }

    /// Goes past what is not heard, where it is what comes next.
    fn pass_by(
        &mut self,
        source: usize,
        range: RangeInclusive<Position>,
        outputs: &mut Outputs<S::Reply, S::Refusal>,
        moved: &mut BTreeSet<usize>,
    ) {
        let position = &mut self.sources[source].position;
        if *range.start() <= *position + 1 && *range.end() > *position {
            outputs.passed += usize::try_from(*range.end() - *position).unwrap_or(usize::MAX);
            *position = *range.end();
            moved.insert(source);
        }
    }

    /// Applies one event, or parks it. Whether it was parked.
    pub(super) fn event(
        &mut self,
        now: Timestamp,
        role: &'static str,
        event: &Arc<Recorded>,
        gathered: &mut Gathered,
    ) -> Result<bool, PolicyFailure> {
        let blocks = block_key(event);
        let cause = if self.parking.blocks(&blocks) {
            None
        } else {
            match self.apply(now, role, event, gathered) {
                Ok(()) => return Ok(false),
                Err(PolicyFailure::Poison(_)) if planted::is(Bug::B16) => return Ok(false),
                Err(PolicyFailure::Poison(cause)) => Some(cause),
                Err(stop) => return Err(stop),
            }
        };
        if cause.is_some() {
            self.count_parked(now)?;
        }
        let parked = ParkedEvent {
            source: role.into(),
            blocks,
            cause,
            at: now,
            attempts: 1,
            event: event.as_ref().clone(),
        };
        self.park(parked, gathered);
        Ok(true)
    }

    pub(super) fn count_parked(&mut self, now: Timestamp) -> Result<(), PolicyFailure> {
        self.parked_lately.retain(|at| now.millis_since(*at) < PARKED_WINDOW_MILLIS);
        if self.parked_lately.len() >= PARKED_MAX {
            return Err(PolicyFailure::Broken(StoreError::Unavailable(
                "too many events were parked within a minute".into(),
            )));
        }
        self.parked_lately.push(now);
        Ok(())
    }

    pub(super) fn apply(
        &mut self,
        now: Timestamp,
        role: &str,
        event: &Recorded,
        gathered: &mut Gathered,
    ) -> Result<(), PolicyFailure> {
        let work = |service: &mut S, turn: &mut Turn<'_>| service.on_event(role, event, turn);
        match self.turn(now, event.actor.clone(), Cause::event(role, event.position), gathered, work) {
            Ok(result) => result,
            Err(panic) => Err(PolicyFailure::Poison(format!("the policy failed: {panic}"))),
        }
    }
}
