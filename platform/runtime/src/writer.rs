use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use bus::{Bell, Feed, Tail};
use journal::{Journal, StoreError, Stretch};
use kernel::{Clock, Timestamp};
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::effect::EffectRunner;
use crate::handle::{CallError, Handle, Lanes, ReplyTo, Shared, Waiting};
use crate::inputs::{CommandEnvelope, EventsFrom, Inputs};
use crate::observer::{BatchFacts, Observer};
use crate::outputs::{AdminReply, Outputs};
use crate::performing::perform;
use crate::processor::Processor;
use crate::service::{Failure, Service};
use crate::subscription::{Company, Subscription, hold_back};
use crate::waiters::Waiters;

/// How often an idle writer looks around all the same.
const IDLE_TICK: Duration = Duration::from_secs(1);
/// How often it looks for events of a neighbour in another process, should its bell be lost.
const FAR_TICK: Duration = Duration::from_millis(250);
/// After a batch of so many events a writer whose service allows it waits a millisecond for more; after
/// one of twice as many, four: where much comes in batches grow.
const LINGER_EVENTS: u64 = 100;
/// So many events of each source come into a batch that somebody waits for: after an outage an answer
/// must not wait for a thousand old ones.
const EVENTS_BESIDE_COMMANDS: usize = 256;
/// How long a writer that keeps pace waits at most for its followers after a full batch, and how often it looks:
/// one that stands still must not make it stand still.
const PACE_MAX: Duration = Duration::from_millis(100);
const PACE_TICK: Duration = Duration::from_millis(2);
/// How long a writer that only passes events by keeps their positions to itself.
const PASSED_MILLIS: i64 = 100;
/// How long a subscription that stalled waits before it reads again.
const STALL_MILLIS: i64 = 100;
const STALL_MAX_MILLIS: i64 = 5_000;

/// How a feed is opened, and opened again.
pub type FeedOpener = Box<dyn FnMut() -> Result<Box<dyn Feed>, StoreError> + Send>;

/// Everything the writer needs beside the processor.
pub struct WriterOptions {
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// How the feed of each source is opened, in the order of [`Service::sources`].
    pub feeds: Vec<FeedOpener>,
    /// Whether some source lives in another process.
    pub far_sources: bool,
    /// Commands that may wait; more are shed.
    pub commands_max: usize,
    /// Recent events kept in memory for neighbours.
    pub tail_events: usize,
    /// Told what every batch did.
    pub observer: Box<dyn Observer>,
    /// Told when the writer stops, and why.
    pub on_stop: Box<dyn FnOnce(WriterStopped) + Send>,
}

/// A writer has stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriterStopped {
    /// Whose.
    pub role: &'static str,
    /// Why; `None` when it was asked to.
    pub cause: Option<StoreError>,
}

/// The thread around a processor.
pub struct Writer<S: Service, J: Journal> {
    processor: Processor<S, J>,
    options: WriterOptions,
    shared: Arc<Shared<S>>,
    runner: Arc<dyn EffectRunner<S>>,
    runtime: tokio::runtime::Handle,
    feeds: Vec<Subscription>,
    company: Company,
    next_timer_at: Option<Timestamp>,
    timers_left: bool,
    /// Since when events were passed by whose positions are not committed.
    passed_since: Option<Timestamp>,
}

impl<S: Service, J: Journal + 'static> Writer<S, J> {
    /// Makes the door of a writer that is not running yet: neighbours' feeds need it.
    #[must_use]
    pub fn handle(commands_max: usize, tail_events: usize) -> Handle<S> {
        let wanted = Bell::default();
        Handle(Arc::new(Shared {
            lanes: Mutex::new(Lanes {
                commands: VecDeque::new(),
                results: VecDeque::new(),
                admin: VecDeque::new(),
            }),
            bell: Bell::default(),
            waiters: Waiters::ringing(wanted.clone()),
            wanted,
            tail: Tail::new(tail_events),
            commands_max,
            alive: AtomicBool::new(true),
            stopping: AtomicBool::new(false),
            shedding: AtomicBool::new(false),
            shed: AtomicU64::new(0),
            heard: Mutex::default(),
            effects: Mutex::default(),
        }))
    }

    /// Starts the writer's thread behind a door made by [`Self::handle`]. Effects run on the
    /// current tokio runtime.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(
        handle: &Handle<S>,
        mut processor: Processor<S, J>,
        runner: Arc<dyn EffectRunner<S>>,
        options: WriterOptions,
    ) -> std::io::Result<JoinHandle<()>>
    where
        J: Send,
    {
        let role = processor.role();
        handle.begins_at(processor.journal());
        let feeds = (0..options.feeds.len())
            .inspect(|&source| processor.await_source(source))
            .map(|_| Subscription::default())
            .collect();
        let writer = Self {
            processor,
            options,
            shared: handle.0.clone(),
            runner,
            runtime: tokio::runtime::Handle::current(),
            feeds,
            company: Company::default(),
            next_timer_at: Some(Timestamp::default()),
            timers_left: false,
            passed_since: None,
        };
        std::thread::Builder::new().name(role.to_owned()).spawn(move || writer.run())
    }

    fn run(mut self) {
        let role = self.processor.role();
        // Whatever ends it, nobody may wait for a writer that is gone.
        let ended = catch_unwind(AssertUnwindSafe(|| self.work()));
        let cause = ended.unwrap_or_else(|_panic| Some(StoreError::Fatal("the writer panicked".to_owned())));
        self.shared.alive.store(false, Ordering::Release);
        // Whoever still waits learns that nobody will answer.
        let mut lanes = self.shared.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        lanes.commands.clear();
        lanes.results.clear();
        lanes.admin.clear();
        drop(lanes);
        self.shared.waiters.close();
        (self.options.on_stop)(WriterStopped { role, cause });
    }

    /// Works until it is asked to stop; why it stops otherwise.
    fn work(&mut self) -> Option<StoreError> {
        let role = self.processor.role();
        loop {
            let clock = self.options.clock.now();
            // Timers and waits go by the writer's time: a clock that jumps back holds none of them up.
            let now = self.processor.follow(clock);
            let (inputs, replies) = self.collect(now);
            let stopping = self.shared.stopping.load(Ordering::Acquire);
            if stopping || self.passed_until().is_some_and(|until| until <= now) {
                self.processor.commit_passed_events();
            }
            if inputs.is_empty() && !self.timer_is_due(now) && !self.processor.must_commit() {
                if stopping {
                    break None;
                }
                self.rest(now);
                continue;
            }
            let events_only =
                inputs.commands.is_empty() && inputs.results.is_empty() && inputs.admin.is_empty();
            let taken: usize = inputs.events.iter().map(|from| from.stretch.positions()).sum();
            let most = self.processor.quotas().events;
            let more_wait = inputs.events.iter().any(|from| from.stretch.positions() >= most);
            if let Err(error) = self.turn(clock, now, inputs, replies) {
                if matches!(error, StoreError::Unavailable(_)) {
                    tracing::warn!(role, %error, "the store cannot answer now");
                    std::thread::sleep(Duration::from_millis(50));
                    continue;
                }
                tracing::error!(role, %error, "the writer stops");
                break Some(error);
            }
            if events_only && more_wait {
                self.keep_pace();
            } else if events_only && !self.timer_is_due(now) {
                self.linger(taken);
            }
        }
    }

    fn timer_is_due(&self, now: Timestamp) -> bool {
        self.timers_left || self.next_timer_at.is_some_and(|at| at <= now)
    }

    /// Lets more events come together, until somebody asks for something.
    fn linger(&self, taken: usize) {
        let (least, most) = self.processor.service().linger_millis().into_inner();
        if taken == 0 || most == 0 {
            return;
        }
        let grown = Duration::from_micros(1_000 * (taken as u64).pow(2) / LINGER_EVENTS.pow(2));
        let linger = grown.clamp(Duration::from_millis(least), Duration::from_millis(most));
        let _heard = self.shared.wanted.wait(Duration::ZERO);
        if !self.is_wanted() {
            let _rang = self.shared.wanted.wait(linger);
        }
    }

    /// Lets followers come closer, until somebody asks for something.
    fn keep_pace(&self) {
        if !self.processor.service().keeps_pace() {
            return;
        }
        let until = Instant::now() + PACE_MAX;
        while self.shared.tail.outruns_a_follower() && Instant::now() < until && !self.is_wanted() {
            let _rang = self.shared.wanted.wait(PACE_TICK);
        }
    }

    fn is_wanted(&self) -> bool {
        let lanes = self.shared.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = !lanes.commands.is_empty() || !lanes.results.is_empty() || !lanes.admin.is_empty();
        drop(lanes);
        waits || self.shared.waiters.are_any() || self.shared.stopping.load(Ordering::Acquire)
    }

    /// When positions are committed that no batch has taken with it.
    fn passed_until(&self) -> Option<Timestamp> {
        self.passed_since.map(|since| since.plus_millis(PASSED_MILLIS))
    }

    fn rest(&mut self, now: Timestamp) {
        if let Err(error) = self.processor.journal().tidy_up() {
            tracing::warn!(role = self.processor.role(), %error, "housekeeping failed");
        }
        let tick = if self.options.far_sources { FAR_TICK } else { IDLE_TICK };
        let next = self.next_timer_at.into_iter().chain(self.passed_until()).min();
        let until_timer = next.map_or(tick, |at| {
            Duration::from_millis(u64::try_from(at.millis_since(now)).unwrap_or(0)).min(tick)
        });
        let until_stalled = self
            .feeds
            .iter()
            .filter(|feed| feed.stalled_until > now)
            .map(|feed| {
                Duration::from_millis(u64::try_from(feed.stalled_until.millis_since(now)).unwrap_or(0))
            })
            .min()
            .unwrap_or(tick);
        let until_company = self.company.rest(Instant::now()).unwrap_or(tick);
        let _rang = self.shared.bell.wait(until_timer.min(until_stalled).min(until_company));
    }

    #[expect(clippy::type_complexity, reason = "the inputs and who waits for each of them")]
    fn collect(
        &mut self,
        now: Timestamp,
    ) -> (Inputs<S::Command>, (Vec<Option<ReplyTo<S>>>, Vec<oneshot::Sender<AdminReply>>)) {
        let mut inputs = Inputs::default();
        let (mut replies, mut admin_replies) = (Vec::new(), Vec::new());
        let quotas = *self.processor.quotas();
        {
            let mut lanes = self.shared.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            for (actor, admin, reply) in lanes.admin.drain(..) {
                inputs.admin.push((admin_replies.len() as u64, actor, admin));
                admin_replies.push(reply);
            }
            let results = lanes.results.len().min(quotas.results);
            for waiting in lanes.results.drain(..results) {
                inputs.results.push(envelope(waiting, &mut replies));
            }
            let commands = lanes.commands.len().min(quotas.commands);
            for waiting in lanes.commands.drain(..commands) {
                inputs.commands.push(envelope(waiting, &mut replies));
            }
        }
        let waited_for = !(inputs.commands.is_empty() && inputs.results.is_empty());
        let events_max = if waited_for { quotas.events.min(EVENTS_BESIDE_COMMANDS) } else { quotas.events };
        for source in 0..self.feeds.len() {
            if self.feeds[source].stalled_until > now {
                continue;
            }
            match self.read_source(source, events_max) {
                Ok(stretch) if stretch.is_empty() => {}
                Ok(stretch) => inputs.events.push(EventsFrom { source, stretch }),
                Err(error) => self.stall(source, now, &error.to_string(), false),
            }
        }
        if self.processor.service().follows_in_time() {
            for held in hold_back(&mut inputs.events, events_max) {
                self.feeds[held.source].held = held.stretch;
            }
        }
        if waited_for || !inputs.admin.is_empty() || self.shared.stopping.load(Ordering::Acquire) {
            self.company.came();
        } else {
            self.wait_for_company(&mut inputs.events);
        }
        (inputs, (replies, admin_replies))
    }

    /// Holds events back that may wait, while there is nothing else to do.
    fn wait_for_company(&mut self, events: &mut Vec<EventsFrom>) {
        let processor = &self.processor;
        let patience_of = |from: &EventsFrom| {
            Duration::from_millis(processor.service().patience_millis(processor.source_role(from.source)))
        };
        if self.company.is_awaited(Instant::now(), events.iter().map(patience_of)) {
            for from in events.drain(..) {
                self.feeds[from.source].held = from.stretch;
            }
        }
    }

    fn read_source(&mut self, source: usize, limit: usize) -> Result<Stretch, StoreError> {
        if self.feeds[source].feed.is_none() {
            let mut feed = (self.options.feeds[source])()?;
            self.processor.meet_source(source, feed.identity()?, feed.head()?)?;
            self.feeds[source].feed = Some(feed);
            self.note_heard(&[source]);
            // Timers that waited for this source may be due.
            self.next_timer_at = Some(Timestamp::default());
        }
        let (service, role) = (self.processor.service(), self.processor.source_role(source));
        let hears = |event: &str| service.hears(role, event);
        self.feeds[source].read_after(self.processor.position(source), limit, &hears)
    }

    fn stall(&mut self, source: usize, now: Timestamp, reason: &str, expected: bool) {
        let feed = &mut self.feeds[source];
        let wait = STALL_MILLIS.saturating_mul(1 << feed.stalls.min(6)).min(STALL_MAX_MILLIS);
        feed.stalled_until = now.plus_millis(wait);
        feed.stalls += 1;
        if !expected {
            feed.feed = None;
            tracing::warn!(role = self.processor.role(), source, reason, "a subscription waits");
        }
    }

    fn turn(
        &mut self,
        clock: Timestamp,
        now: Timestamp,
        inputs: Inputs<S::Command>,
        (replies, admin_replies): (Vec<Option<ReplyTo<S>>>, Vec<oneshot::Sender<AdminReply>>),
    ) -> Result<(), StoreError> {
        let sources: Vec<usize> = inputs.events.iter().map(|from| from.source).collect();
        let mut outputs = match self.processor.step(clock, inputs) {
            Ok(outputs) => outputs,
            Err(error) => {
                // It may be on the disk all the same: neighbours look there, and so must the timers
                // be that it may have set.
                self.shared.tail.forget();
                self.shared.waiters.forget();
                self.next_timer_at = Some(Timestamp::default());
                let broken = || Err(CallError::Broken(error.clone()));
                let stirred: Vec<_> =
                    replies.into_iter().flatten().filter_map(|reply| reply.send(broken())).collect();
                self.shared.waiters.stir(&stirred);
                return Err(error);
            }
        };
        self.note_heard(&sources);
        for source in sources {
            if !outputs.stalls.iter().any(|stall| stall.source == source) {
                self.feeds[source].stalls = 0;
            }
        }
        for stall in &outputs.stalls {
            self.stall(stall.source, now, &stall.reason, stall.expected);
        }
        self.next_timer_at = outputs.next_timer_at;
        self.timers_left = outputs.timers_left;
        self.passed_since =
            if self.processor.has_passed_events() { self.passed_since.or(Some(now)) } else { None };
        self.shared.shedding.store(self.processor.journal().must_shed(), Ordering::Relaxed);
        self.shared.waiters.tell(&outputs.change);
        self.answer(&mut outputs, replies, admin_replies);
        // Neighbours are woken last: on a busy machine whoever waits for an answer goes before them.
        self.shared.tail.publish(&outputs.change.events);
        self.observe(clock, &outputs);
        Ok(())
    }

    fn note_heard(&self, sources: &[usize]) {
        let mut heard = self.shared.heard.lock().unwrap_or_else(PoisonError::into_inner);
        for &source in sources {
            heard.insert(self.processor.source_role(source), self.processor.position(source));
        }
    }

    fn observe(&mut self, began_at: Timestamp, outputs: &Outputs<S::Reply, S::Refusal>) {
        let facts = BatchFacts {
            role: self.processor.role(),
            began_at,
            done_at: self.options.clock.now(),
            inputs: outputs.inputs,
            change: &outputs.change,
            applied: &outputs.applied,
            stalls: &outputs.stalls,
            parked: outputs.parked,
            commands_waiting: self.shared.lanes.lock().unwrap_or_else(PoisonError::into_inner).commands.len(),
            commands_shed: self.shared.shed.load(Ordering::Relaxed),
        };
        self.options.observer.after_batch(&facts);
    }

    fn answer(
        &self,
        outputs: &mut Outputs<S::Reply, S::Refusal>,
        mut replies: Vec<Option<ReplyTo<S>>>,
        admin_replies: Vec<oneshot::Sender<AdminReply>>,
    ) {
        let effects = std::mem::take(&mut outputs.effects);
        if !effects.is_empty() {
            let (runner, handle) = (self.runner.clone(), Handle(self.shared.clone()));
            self.runtime.spawn(perform(runner, handle, effects));
        }
        let mut stirred = Vec::new();
        for answer in outputs.answers.drain(..) {
            let index = usize::try_from(answer.ticket).unwrap_or(usize::MAX);
            let Some(reply) = replies.get_mut(index).and_then(Option::take) else {
                continue;
            };
            stirred.extend(reply.send(answer.result.map_err(|failure| match failure {
                Failure::Refused(refusal) => CallError::Refused(refusal),
                Failure::Broken(error) => CallError::Broken(error),
            })));
        }
        self.shared.waiters.stir(&stirred);
        for ((_, answer), reply) in outputs.admin.drain(..).zip(admin_replies) {
            let _gone = reply.send(answer);
        }
    }
}

fn envelope<S: Service>(
    waiting: Waiting<S>,
    replies: &mut Vec<Option<ReplyTo<S>>>,
) -> CommandEnvelope<S::Command> {
    let ticket = replies.len() as u64;
    replies.push(waiting.reply);
    CommandEnvelope { ticket, command: waiting.command, actor: waiting.actor, causation: waiting.causation }
}
