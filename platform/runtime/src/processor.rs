use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use journal::{
    CounterValue, Journal, JournalIdentity, ParkedEvent, ParkedWrite, Position, RowWrite, SourcePosition,
    StoreError, Timer, TimerWrite,
};
use kernel::planted::{self, Bug};
use kernel::{Actor, Causation, IdSource, Recorded, Timestamp};
use uuid::Uuid;

use crate::cache::Cache;
use crate::effect::{EFFECT_KIND_PREFIX, EffectStart};
use crate::inputs::{Admin, CommandEnvelope, EventsFrom, Inputs, block_key};
use crate::outputs::{AdminReply, Answer, Change, Outputs, Stall};
use crate::parking::{Parking, audit};
use crate::service::{Failure, PolicyFailure, Service};
use crate::staging::{Gathered, Staging};
use crate::time::WriterTime;
use crate::turn::Turn;

/// How much of each lane one batch takes, so that no lane starves another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Commands from outside.
    pub commands: usize,
    /// Results of effects.
    pub results: usize,
    /// Events, per source.
    pub events: usize,
    /// Timers.
    pub timers: usize,
    /// Aggregates kept in memory, per generation.
    pub aggregates: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { commands: 512, results: 512, events: 1_024, timers: 256, aggregates: 8_192 }
    }
}

/// A timer or effect that fails is tried again after this long, doubled with each attempt.
const RETRY_BASE_MILLIS: i64 = 1_000;
const RETRY_MAX_MILLIS: i64 = 3_600_000;
/// Leases are at most this long; what is due later is a planned attempt.
const LEASE_MAX_MILLIS: i64 = 15_000;

/// So many parked events within the window stop the subscription: something larger is wrong.
const PARKED_MAX: usize = 100;
const PARKED_WINDOW_MILLIS: i64 = 60_000;

struct SourceState {
    role: &'static str,
    position: Position,
    identity: Option<JournalIdentity>,
    head_at_start: Position,
}

/// The one writer of a service: a plain synchronous function from inputs to outputs.
pub struct Processor<S: Service, J: Journal> {
    service: S,
    journal: J,
    ids: Arc<dyn IdSource>,
    quotas: Quotas,
    cache: Cache,
    parking: Parking,
    sources: Vec<SourceState>,
    time: WriterTime,
    audit_lines: u64,
    parked_lately: Vec<Timestamp>,
    reload_service: bool,
    /// Whether it knows more than the store holds: a batch came to nothing, and reading back failed.
    ahead_of_store: bool,
    seen_types: BTreeSet<(Uuid, Arc<str>)>,
}

impl<S: Service, J: Journal> Processor<S, J> {
    /// Opens a service on its journal.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn open(
        mut service: S,
        mut journal: J,
        ids: Arc<dyn IdSource>,
        quotas: Quotas,
        clock: Timestamp,
    ) -> Result<Self, StoreError> {
        service.reload(&mut journal)?;
        let parking = Parking::load(journal.parked()?);
        let stored = journal.positions()?;
        let sources = service
            .sources()
            .iter()
            .map(|&role| {
                let position = stored.iter().find(|(name, _)| name == role).map(|(_, position)| *position);
                SourceState {
                    role,
                    position: position.map_or(0, |at| at.position),
                    identity: position.map(|at| at.identity),
                    head_at_start: 0,
                }
            })
            .collect();
        let head = journal.head()?;
        let last =
            journal.read_after(head.saturating_sub(1), 1)?.first().map_or(Timestamp::default(), |e| e.at);
        let audit_lines = journal.counter("audit")?;
        // A clock that is behind the last batch does not take the writer's time back.
        let now = clock.max(last);
        if planted::is(Bug::B14) {
            lose_timers(&mut journal, ids.next_id(now), now)?;
        }
        start_effects_again(&mut journal, ids.next_id(now), now)?;
        Ok(Self {
            service,
            journal,
            ids,
            quotas,
            cache: Cache::new(quotas.aggregates),
            parking,
            sources,
            time: WriterTime::starting(clock, last),
            audit_lines,
            parked_lately: Vec::new(),
            reload_service: false,
            ahead_of_store: false,
            seen_types: BTreeSet::new(),
        })
    }

    /// The service's name.
    pub fn role(&self) -> &'static str {
        self.service.role()
    }

    /// The journal.
    pub fn journal(&mut self) -> &mut J {
        &mut self.journal
    }

    /// How much of each lane one batch takes.
    pub const fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// The service itself, for checkers.
    pub const fn service(&self) -> &S {
        &self.service
    }

    /// The last applied position of a source.
    #[must_use]
    pub fn position(&self, source: usize) -> Position {
        self.sources[source].position
    }

    /// Says which journal a source is and where it stood at start. Timers wait until every source
    /// has been followed up to there: after an outage an expiry must not beat the approval that is
    /// waiting.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] when the source is not the journal whose positions are stored, or ends
    /// before the stored position: it was restored alone, and going on would skip events.
    pub fn meet_source(
        &mut self,
        source: usize,
        identity: JournalIdentity,
        head: Position,
    ) -> Result<(), StoreError> {
        let state = &mut self.sources[source];
        if let Some(known) = state.identity
            && known != identity
        {
            return Err(StoreError::Unfit(format!(
                "the journal of {} is not the one this service has followed (it was restored or replaced alone)",
                state.role
            )));
        }
        if state.position > head {
            return Err(StoreError::Unfit(format!(
                "the journal of {} ends at {head}, this service has followed it to {}",
                state.role, state.position
            )));
        }
        state.identity = Some(identity);
        state.head_at_start = head;
        Ok(())
    }

    /// Says that a source will be met: until then nobody knows what waits there, and timers wait as
    /// in [`Self::meet_source`].
    pub fn await_source(&mut self, source: usize) {
        self.sources[source].head_at_start = Position::MAX;
    }

    /// Takes what waits, decides it in turn, commits it together.
    ///
    /// # Errors
    /// When the batch could not be committed: nobody may be answered. The processor has dropped
    /// what it knew; after [`StoreError::Fatal`] it must not be used again.
    pub fn step(
        &mut self,
        clock: Timestamp,
        inputs: Inputs<S::Command>,
    ) -> Result<Outputs<S::Reply, S::Refusal>, StoreError> {
        if self.ahead_of_store {
            self.forget_everything()?;
        }
        let now = self.time.follow(clock);
        self.journal.begin_step();
        let outcome = self.batch(now, inputs);
        self.journal.end_step();
        outcome.inspect_err(|_| {
            self.ahead_of_store = true;
            // Where reading back fails too, the next step begins with it.
            let _later = self.forget_everything();
        })
    }

    fn batch(
        &mut self,
        now: Timestamp,
        inputs: Inputs<S::Command>,
    ) -> Result<Outputs<S::Reply, S::Refusal>, StoreError> {
        self.cache.age();
        let mut gathered = Gathered::default();
        let mut outputs = Outputs::default();
        for (ticket, actor, admin) in inputs.admin {
            let reply = self.operate(now, &actor, admin, &mut gathered);
            outputs.admin.push((ticket, reply));
            outputs.inputs += 1;
        }
        for envelope in inputs.results.into_iter().chain(inputs.commands) {
            let answer = self.command(now, envelope, &mut gathered);
            outputs.answers.push(answer);
            outputs.inputs += 1;
        }
        let mut moved = BTreeSet::new();
        for from in inputs.events {
            self.events(now, from, &mut gathered, &mut outputs, &mut moved);
        }
        self.timers(now, &mut gathered, &mut outputs)?;
        if outputs.inputs > 0 {
            self.end_batch(now, &mut gathered)?;
        }
        self.commit(now, gathered, &moved, &mut outputs)?;
        Ok(outputs)
    }

    fn command(
        &mut self,
        now: Timestamp,
        envelope: CommandEnvelope<S::Command>,
        gathered: &mut Gathered,
    ) -> Answer<S::Reply, S::Refusal> {
        let CommandEnvelope { ticket, command, actor, causation } = envelope;
        let result =
            self.turn(now, actor, causation, gathered, |service, turn| service.on_command(command, turn));
        let result = match result {
            Ok(result) => result,
            Err(panic) => {
                Err(Failure::Broken(StoreError::Unavailable(format!("the command failed: {panic}"))))
            }
        };
        Answer { ticket, result }
    }

    /// Runs one turn; what it staged is kept only where it succeeds.
    fn turn<T, E>(
        &mut self,
        now: Timestamp,
        actor: Actor,
        causation: Causation,
        gathered: &mut Gathered,
        work: impl FnOnce(&mut S, &mut Turn<'_>) -> Result<T, E>,
    ) -> Result<Result<T, E>, String> {
        let mut turn = Turn {
            now,
            actor,
            causation,
            ids: self.ids.as_ref(),
            store: &mut self.journal,
            cache: &mut self.cache,
            gathered,
            staging: Staging::default(),
        };
        let service = &mut self.service;
        let result = catch_unwind(AssertUnwindSafe(|| work(service, &mut turn)));
        let staging = turn.staging;
        match result {
            Ok(Ok(done)) => {
                gathered.keep(staging);
                Ok(Ok(done))
            }
            Ok(Err(refused)) => {
                self.drop_turn(staging);
                Ok(Err(refused))
            }
            Err(panic) => {
                self.drop_turn(staging);
                // Its memory may be half-way: read back once the batch is there.
                self.reload_service = true;
                Err(panic_text(panic.as_ref()))
            }
        }
    }

    /// Forgets what a dropped turn moved: it is folded again, from the store and the batch so far.
    fn drop_turn(&mut self, staging: Staging) {
        for id in staging.touched {
            self.cache.remove(&id);
        }
    }

    fn operate(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        admin: Admin,
        gathered: &mut Gathered,
    ) -> AdminReply {
        match admin {
            Admin::RetryParked { blocks } => self.retry(now, actor, blocks, gathered),
            Admin::ResolveParked { source, position, note } => {
                let Some(parked) = self.parking.find(&source, position).cloned() else {
                    return AdminReply::Unknown;
                };
                self.release(now, actor, "resolved", &parked, &note, gathered);
                AdminReply::Resolved
            }
        }
    }

    fn retry(&mut self, now: Timestamp, actor: &Actor, blocks: Uuid, gathered: &mut Gathered) -> AdminReply {
        let waiting = self.parking.waiting(&blocks);
        if waiting.is_empty() {
            return AdminReply::Unknown;
        }
        let total = waiting.len();
        for (applied, mut parked) in waiting.into_iter().enumerate() {
            let event = parked.event.clone();
            let source = parked.source.clone();
            match self.apply(now, &source, &event, gathered) {
                Ok(()) => self.release(now, actor, "retried", &parked, "", gathered),
                Err(PolicyFailure::Broken(error)) => return AdminReply::Broken(error),
                Err(PolicyFailure::Poison(cause) | PolicyFailure::NotYet(cause)) => {
                    parked.attempts += 1;
                    parked.cause = Some(cause);
                    self.park(parked, gathered);
                    return AdminReply::Retried { applied, waiting: total - applied };
                }
            }
        }
        AdminReply::Retried { applied: total, waiting: 0 }
    }

    fn release(
        &mut self,
        now: Timestamp,
        actor: &Actor,
        action: &str,
        parked: &ParkedEvent,
        note: &str,
        gathered: &mut Gathered,
    ) {
        self.parking.release(parked);
        self.audit_lines += 1;
        gathered.counters.insert("audit".into(), self.audit_lines);
        gathered.batch.entries.push(audit(now, self.audit_lines, actor, action, parked, note));
        gathered
            .batch
            .parked
            .push(ParkedWrite::Release { source: parked.source.clone(), position: parked.event.position });
    }

    fn park(&mut self, parked: ParkedEvent, gathered: &mut Gathered) {
        self.parking.insert(parked.clone());
        gathered.batch.parked.push(ParkedWrite::Park(Box::new(parked)));
    }

    fn events(
        &mut self,
        now: Timestamp,
        from: EventsFrom,
        gathered: &mut Gathered,
        outputs: &mut Outputs<S::Reply, S::Refusal>,
        moved: &mut BTreeSet<usize>,
    ) {
        let source = from.source;
        let role = self.sources[source].role;
        for event in from.events {
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
    }

    /// Applies one event, or parks it. Whether it was parked.
    fn event(
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

    fn count_parked(&mut self, now: Timestamp) -> Result<(), PolicyFailure> {
        self.parked_lately.retain(|at| now.millis_since(*at) < PARKED_WINDOW_MILLIS);
        if self.parked_lately.len() >= PARKED_MAX {
            return Err(PolicyFailure::Broken(StoreError::Unavailable(
                "too many events were parked within a minute".into(),
            )));
        }
        self.parked_lately.push(now);
        Ok(())
    }

    fn apply(
        &mut self,
        now: Timestamp,
        role: &str,
        event: &Recorded,
        gathered: &mut Gathered,
    ) -> Result<(), PolicyFailure> {
        let causation = Causation::event(role, event.position);
        let work = |service: &mut S, turn: &mut Turn<'_>| service.on_event(role, event, turn);
        match self.turn(now, event.actor.clone(), causation, gathered, work) {
            Ok(result) => result,
            Err(panic) => Err(PolicyFailure::Poison(format!("the policy failed: {panic}"))),
        }
    }

    fn timers(
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

    fn timers_wait(&self) -> bool {
        self.sources.iter().any(|source| source.position < source.head_at_start)
    }

    fn fire(&mut self, now: Timestamp, timer: &Timer, gathered: &mut Gathered) {
        let causation = Causation::timer(&timer.kind);
        let result = self.turn(now, Actor::system(), causation, gathered, |service, turn| {
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
        gathered.keep(Staging { timers: vec![TimerWrite::Set(again)], ..Staging::default() });
    }

    fn restart_effect(&mut self, now: Timestamp, timer: &Timer, kind: &str, gathered: &mut Gathered) {
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
        gathered.keep(Staging {
            timers: vec![TimerWrite::Set(lease)],
            effects: vec![effect],
            ..Staging::default()
        });
    }

    fn end_batch(&mut self, now: Timestamp, gathered: &mut Gathered) -> Result<(), StoreError> {
        let cause = Causation::timer("batch");
        let ended =
            self.turn(now, Actor::system(), cause, gathered, |service, turn| service.on_batch_end(turn));
        ended.unwrap_or_else(|panic| {
            Err(StoreError::Unavailable(format!("the end of the batch failed: {panic}")))
        })
    }

    fn commit(
        &mut self,
        now: Timestamp,
        gathered: Gathered,
        moved: &BTreeSet<usize>,
        outputs: &mut Outputs<S::Reply, S::Refusal>,
    ) -> Result<(), StoreError> {
        let Gathered { mut batch, effects, counters, .. } = gathered;
        batch.positions = moved.iter().map(|&source| self.source_position(source)).collect();
        batch.counters = counters.into_iter().map(|(name, value)| CounterValue { name, value }).collect();
        if !batch.is_empty() {
            batch.id = self.ids.next_id(now);
            batch.at = now;
            let rows: Vec<_> = batch
                .rows
                .iter()
                .filter_map(|write| match write {
                    RowWrite::Put(row) => Some(Arc::new(row.clone())),
                    _ => None,
                })
                .collect();
            let events = self.write(batch, outputs)?;
            outputs.change = Change { events, rows };
        }
        if std::mem::take(&mut self.reload_service) {
            self.service.reload(&mut self.journal)?;
        }
        outputs.effects = effects;
        // Timers that wait for a source are due when it has been followed, not before.
        outputs.next_timer_at = if self.timers_wait() { None } else { self.journal.next_timer_at()? };
        Ok(())
    }

    fn write(
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

    fn forget_everything(&mut self) -> Result<(), StoreError> {
        self.cache.clear();
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

    fn source_position(&self, source: usize) -> (std::borrow::Cow<'static, str>, SourcePosition) {
        let state = &self.sources[source];
        let identity = state.identity.unwrap_or(JournalIdentity { journal: Uuid::nil(), epoch: 0 });
        (state.role.into(), SourcePosition { identity, position: state.position })
    }
}

/// What was under way when the program ended is started again now, not when its lease runs out.
/// Attempts planned for later stay planned.
fn start_effects_again(journal: &mut impl Journal, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
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
fn lose_timers(journal: &mut impl Journal, id: Uuid, at: Timestamp) -> Result<(), StoreError> {
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

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned())
}
