mod commit;
mod events;
mod parked;
mod timers;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use journal::{Journal, JournalIdentity, Position, StoreError};
use kernel::planted::{self, Bug};
use kernel::{Actor, IdSource, Timestamp};
use uuid::Uuid;

use crate::cache::Cache;
use crate::cause::Cause;
use crate::inputs::{CommandEnvelope, Inputs};
use crate::outputs::{Answer, Outputs};
use crate::parking::Parking;
use crate::service::{Failure, Service};
use crate::staging::{Gathered, Room, Staging};
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
    /// Neighbours' events that changed nothing here: so many are passed before their position is
    /// committed on its own. What is not committed is only passed again.
    pub passed: usize,
    /// Aggregates kept in memory, per generation.
    pub aggregates: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { commands: 512, results: 512, events: 1_024, timers: 256, passed: 4_096, aggregates: 8_192 }
    }
}

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
    passed: Passed,
    /// How much the last batch came to.
    room: Room,
    /// What a turn stages goes here; empty between turns, kept for its room.
    staging: Staging,
}

/// Positions that have moved without a batch: what lies between changed nothing.
#[derive(Debug, Default)]
struct Passed {
    sources: BTreeSet<usize>,
    events: usize,
    /// Whether they are to be committed all the same.
    due: bool,
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
            timers::lose_timers(&mut journal, ids.next_id(now), now)?;
        }
        timers::start_effects_again(&mut journal, ids.next_id(now), now)?;
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
            passed: Passed::default(),
            room: Room::default(),
            staging: Staging::default(),
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

    /// How many aggregates are in memory: two generations, each beyond its quota by what one batch has
    /// touched at most.
    pub fn aggregates_in_memory(&self) -> usize {
        self.cache.len()
    }

    /// The role behind a source.
    #[must_use]
    pub fn source_role(&self, source: usize) -> &'static str {
        self.sources[source].role
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

    /// Moves the writer's time along with the clock and says what it is now. To be called now and
    /// then while nothing waits: a clock that jumps back takes no more time with it than has passed
    /// since.
    pub fn follow(&mut self, clock: Timestamp) -> Timestamp {
        self.time.follow(clock)
    }

    /// Whether positions have moved that no batch has committed yet.
    #[must_use]
    pub fn has_passed_events(&self) -> bool {
        !self.passed.sources.is_empty()
    }

    /// Whether the next step commits them.
    #[must_use]
    pub const fn must_commit(&self) -> bool {
        self.passed.due
    }

    /// Lets the next step commit them, whatever else it brings.
    pub fn commit_passed_events(&mut self) {
        self.passed.due = self.has_passed_events();
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
        let mut gathered = Gathered::with_room(self.room);
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
        self.room = gathered.room();
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
        let result = self.turn(now, actor, Cause::Known(causation), gathered, |service, turn| {
            service.on_command(command, turn)
        });
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
        cause: Cause<'_>,
        gathered: &mut Gathered,
        work: impl FnOnce(&mut S, &mut Turn<'_>) -> Result<T, E>,
    ) -> Result<Result<T, E>, String> {
        let mut turn = Turn {
            now,
            actor,
            cause,
            ids: self.ids.as_ref(),
            store: &mut self.journal,
            cache: &mut self.cache,
            gathered,
            staging: std::mem::take(&mut self.staging),
        };
        let service = &mut self.service;
        let result = catch_unwind(AssertUnwindSafe(|| work(service, &mut turn)));
        let mut staging = turn.staging;
        match result {
            Ok(Ok(done)) => {
                gathered.keep(&mut staging);
                self.staging = staging;
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
        for (id, _) in staging.touched {
            self.cache.take(&id);
        }
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned())
}
