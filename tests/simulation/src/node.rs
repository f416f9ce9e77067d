use std::sync::Arc;

use journal::{MemoryJournal, Reader, StoreError};
use kernel::{Actor, Causation, Recorded, SeededIds, Timestamp};
use runtime::{Admin, CommandEnvelope, EventsFrom, Inputs, Outputs, Processor, Quotas, Service, Ticket};
use uuid::Uuid;

use crate::clock::WallClock;
use crate::disk::{Committed, Disk, Strike};
use crate::interposed::{Interposed, Interposition, Told};
use crate::link::{Link, LinkWeather};
use crate::moment::Moment;
use crate::role::Role;

/// How long a subscription that stalled waits before it reads again; doubled each time.
/// As the writer does.
const PASSED_MILLIS: u64 = 100;
const STALL_MILLIS: u64 = 100;
const STALL_MAX_MILLIS: u64 = 5_000;

/// Commands that may wait for a role; more are shed, as the writer does.
const LANE_COMMANDS_MAX: usize = 256;

/// How much a role takes in, and how fast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Commands that may wait.
    pub(crate) commands_max: usize,
    /// Commands that a step takes.
    pub(crate) taken_max: usize,
    /// How long a step takes.
    pub(crate) step_millis: u64,
}

impl Pace {
    /// As fast as it is asked.
    pub(crate) const UNHURRIED: Self =
        Self { commands_max: LANE_COMMANDS_MAX, taken_max: LANE_COMMANDS_MAX, step_millis: 0 };
}

/// A role: its disk that outlives it, and, while it is up, its processor and what waits for it.
pub(crate) struct Node<S: Service> {
    pub(crate) role: Role,
    make: Box<dyn Fn() -> S>,
    ids: Arc<SeededIds>,
    quotas: Quotas,
    pub(crate) disk: Disk,
    pub(crate) clock: WallClock,
    pub(crate) interposition: Interposition,
    pub(crate) links: Vec<Link>,
    processor: Option<Processor<Interposed<S>, Disk>>,
    /// Which life this is: what was begun in an earlier one has nobody to come back to.
    pub(crate) life: u64,
    waiting: Inputs<S::Command>,
    pub(crate) pace: Pace,
    /// The step under way ends then.
    pub(crate) busy_until: Moment,
    writer_time: Timestamp,
    pub(crate) next_timer_at: Option<Timestamp>,
    timers_left: bool,
    /// The planned waking; others are stale.
    pub(crate) wakes_at: Option<Moment>,
}

/// What came out of a step.
pub(crate) struct Stepped<S: Service> {
    pub(crate) outcome: Result<Outputs<S::Reply, S::Refusal>, StoreError>,
    /// Batches that are on the disk now.
    pub(crate) committed: Vec<Committed>,
    /// A commit that was made to fail.
    pub(crate) struck: Option<Strike>,
    /// What policies were told.
    pub(crate) told: Vec<Told>,
    /// Timers that could not be done, and why.
    pub(crate) failed_timers: Vec<(String, String)>,
    /// Neighbours' events that were handed in, with what the links did to them.
    pub(crate) handed: Vec<(usize, Vec<Arc<Recorded>>)>,
    /// The writer's time during the step.
    pub(crate) writer_time: Timestamp,
    /// Whether every source had been followed to its head of the start, so that timers may fire.
    pub(crate) timers_fire: bool,
    /// What was in memory.
    pub(crate) load: Load,
}

/// What a role had in memory at a step: I27.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Commands that waited, taken ones too.
    pub(crate) commands: usize,
    /// Results of effects.
    pub(crate) results: usize,
    /// Events, the most of one source.
    pub(crate) events_of_one: usize,
    /// Everything that came in.
    pub(crate) inputs: usize,
    /// Aggregates afterwards.
    pub(crate) aggregates: usize,
}

impl Load {
    fn of<C>(inputs: &Inputs<C>, left: &[CommandEnvelope<C>]) -> Self {
        let events = || inputs.events.iter().map(|from| from.stretch.positions());
        Self {
            commands: inputs.commands.len() + left.len(),
            results: inputs.results.len(),
            events_of_one: events().max().unwrap_or(0),
            inputs: inputs.commands.len()
                + inputs.results.len()
                + inputs.admin.len()
                + events().sum::<usize>(),
            aggregates: 0,
        }
    }
}

impl<S: Service> Node<S> {
    /// The quotas that it works under.
    pub(crate) const fn quotas(&self) -> Quotas {
        self.quotas
    }

    pub(crate) fn new(
        role: Role,
        make: impl Fn() -> S + 'static,
        seed: u64,
        clock: WallClock,
        quotas: Quotas,
    ) -> Self {
        let sources = make().sources();
        let links = sources.iter().map(|source| Link::new(Role::named(source))).collect();
        Self {
            role,
            make: Box::new(make),
            ids: Arc::new(SeededIds::new(seed ^ ((role as u64 + 1) << 56))),
            quotas,
            disk: Disk::new(Uuid::from_u128(u128::from(seed) << 8 | role as u128)),
            clock,
            interposition: Interposition::default(),
            links,
            processor: None,
            life: 0,
            waiting: Inputs::default(),
            pace: Pace::UNHURRIED,
            busy_until: Moment(0),
            writer_time: Timestamp::default(),
            next_timer_at: None,
            timers_left: false,
            wakes_at: None,
        }
    }

    /// Makes the service in another way from its next start on.
    pub(crate) fn make_as(&mut self, make: impl Fn() -> S + 'static) {
        self.make = Box::new(make);
    }

    /// Lets the writer's time go along with the clock, as an idle writer does every second.
    pub(crate) fn follow_clock(&mut self, now: Moment) {
        let reading = self.clock.read(now);
        if let Some(processor) = &mut self.processor {
            self.writer_time = processor.follow(reading);
        }
    }

    pub(crate) const fn is_up(&self) -> bool {
        self.processor.is_some()
    }

    /// The service itself, while the role is up.
    pub(crate) fn service(&self) -> Option<&S> {
        self.processor.as_ref().map(|processor| processor.service().inner())
    }

    /// Starts the role on its disk.
    pub(crate) fn start(&mut self, now: Moment) -> Result<(), StoreError> {
        let reading = self.clock.read(now);
        let disk = self.disk.reopen();
        // As the writer does: the first step looks.
        self.next_timer_at = Some(Timestamp::default());
        self.processor = Some(self.open(disk, reading)?);
        self.timers_left = false;
        self.life += 1;
        for link in &mut self.links {
            link.reopen();
        }
        Ok(())
    }

    fn open(&self, disk: Disk, reading: Timestamp) -> Result<Processor<Interposed<S>, Disk>, StoreError> {
        let service = Interposed::new((self.make)(), self.interposition.clone());
        Processor::open(service, disk, self.ids.clone(), self.quotas, reading)
    }

    /// Opens the role on a copy of its disk, so many times, as crashes during recovery do; the copy.
    pub(crate) fn recover_on_a_copy(&self, now: Moment, times: u32) -> Result<MemoryJournal, StoreError> {
        let copy = self.disk.deep_clone();
        let reading = self.clock.read(now);
        for _ in 0..times {
            drop(self.open(copy.reopen(), reading)?);
        }
        Ok(copy.store().clone())
    }

    /// The role dies: memory is gone, the disk stays.
    pub(crate) fn kill(&mut self) {
        self.processor = None;
        self.waiting = Inputs::default();
        self.busy_until = Moment(0);
        self.disk.disarm();
        let _ = self.interposition.told();
        let _ = self.disk.struck();
    }

    /// Brings a command; false where the lane is full and it was shed: nothing of it has happened.
    pub(crate) fn bring_command(
        &mut self,
        ticket: Ticket,
        command: S::Command,
        actor: Actor,
        causation: Causation,
    ) -> bool {
        let has_room = self.waiting.commands.len() < self.pace.commands_max;
        if has_room {
            self.waiting.commands.push(CommandEnvelope { ticket, command, actor, causation });
        }
        has_room
    }

    pub(crate) fn bring_result(&mut self, command: S::Command, causation: Causation) {
        self.waiting.results.push(CommandEnvelope {
            ticket: Ticket::MAX,
            command,
            actor: Actor::system(),
            causation,
        });
    }

    pub(crate) fn bring_admin(&mut self, actor: Actor, admin: Admin) {
        self.waiting.admin.push((0, actor, admin));
    }

    /// Takes what waits and lets the processor step; `None` where the role is down or nothing
    /// waits.
    pub(crate) fn step(
        &mut self,
        now: Moment,
        stores: &mut [MemoryJournal],
        weather: &mut LinkWeather<'_>,
    ) -> Result<Option<Stepped<S>>, StoreError> {
        self.wakes_at = None;
        let Some(processor) = &mut self.processor else {
            return Ok(None);
        };
        let reading = self.clock.read(now);
        let mut inputs = std::mem::take(&mut self.waiting);
        let taken = self.pace.taken_max.min(inputs.commands.len());
        self.waiting.commands = inputs.commands.split_off(taken);
        let mut handed = Vec::new();
        for (source, link) in self.links.iter_mut().enumerate() {
            let Some(store) = link.source.map(|role| &mut stores[role as usize]) else {
                continue;
            };
            if !link.met {
                processor.meet_source(source, store.identity()?, store.head()?)?;
                link.met = true;
                // Timers that waited for this source may be due.
                self.next_timer_at = Some(Timestamp::default());
                link.head_at_start = store.head()?;
            }
            if !link.is_open(now) {
                continue;
            }
            let events = store.read_after(processor.position(source), self.quotas.events)?;
            if events.is_empty() {
                continue;
            }
            let events = weather.pass(link, events, store, now);
            handed.push((source, events.clone()));
            inputs.events.push(EventsFrom { source, stretch: events.into() });
        }
        self.writer_time = processor.follow(reading);
        let due = |at: Timestamp| at <= self.writer_time;
        let timer_due = self.timers_left || self.next_timer_at.is_some_and(due);
        if inputs.is_empty() && !timer_due {
            if !processor.has_passed_events() {
                return Ok(None);
            }
            processor.commit_passed_events();
        }
        self.busy_until = now.plus(self.pace.step_millis);
        let load = Load::of(&inputs, &self.waiting.commands);
        let outcome = processor.step(reading, inputs);
        let load = Load { aggregates: processor.aggregates_in_memory(), ..load };
        let timers_fire = followed_to_start(&self.links, processor);
        // As the writer does: a batch of which nobody knows may have set timers.
        self.next_timer_at = Some(Timestamp::default());
        if let Ok(outputs) = &outcome {
            self.next_timer_at = outputs.next_timer_at;
            self.timers_left = outputs.timers_left;
            for (source, _) in &handed {
                self.links[*source].stalls = 0;
            }
            for stall in &outputs.stalls {
                let link = &mut self.links[stall.source];
                let wait = (STALL_MILLIS << link.stalls.min(6)).min(STALL_MAX_MILLIS);
                link.closed_until = link.closed_until.max(now.plus(wait));
                link.stalls += 1;
                link.met &= stall.expected;
            }
        }
        Ok(Some(Stepped {
            outcome,
            committed: self.disk.committed(),
            struck: self.disk.struck(),
            told: self.interposition.told(),
            failed_timers: self.interposition.failed_timers(),
            handed,
            writer_time: self.writer_time,
            timers_fire,
            load,
        }))
    }

    fn timers_fire(&self, processor: &Processor<Interposed<S>, Disk>) -> bool {
        followed_to_start(&self.links, processor)
    }

    /// When there is something to do again, as far as is known now.
    pub(crate) fn next_waking(&self, now: Moment, stores: &mut [MemoryJournal]) -> Option<Moment> {
        let processor = self.processor.as_ref()?;
        let soon = now.plus(1);
        if !self.waiting.is_empty() {
            return Some(soon);
        }
        // Timers fire only behind what every source had at the start; until then, only events wake.
        let timers_fire = self.timers_fire(processor);
        let timer = self.next_timer_at.filter(|_| timers_fire).map(|at| {
            let left = at.millis_since(self.writer_time);
            now.plus(self.clock.true_millis(left).max(1))
        });
        let timer = if self.timers_left && timers_fire { Some(soon) } else { timer };
        let links = self.links.iter().enumerate().filter_map(|(source, link)| {
            let store = &mut stores[link.source? as usize];
            let waits = store.head().ok()? > processor.position(source);
            waits.then(|| link.closed_until.max(soon))
        });
        let passed = processor.has_passed_events().then(|| now.plus(PASSED_MILLIS));
        timer.into_iter().chain(links).chain(passed).min()
    }
}

/// Whether every source has been followed to where it stood at the start.
fn followed_to_start<S: Service>(links: &[Link], processor: &Processor<Interposed<S>, Disk>) -> bool {
    links.iter().enumerate().all(|(source, link)| processor.position(source) >= link.head_at_start)
}
