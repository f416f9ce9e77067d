use std::collections::{BTreeMap, BTreeSet};

use journal::{Batch, ParkedWrite, Timer, TimerWrite};
use kernel::Timestamp;
use runtime::{Failure, Service, Ticket};
use uuid::Uuid;

use super::Checker;
use crate::disk::Committed;
use crate::interposed::Told;
use crate::node::Stepped;
use crate::role::Role;

/// What a role's disk holds, as its batches say.
#[derive(Default)]
pub(crate) struct Mirror {
    /// How far each source is applied.
    pub(crate) positions: BTreeMap<String, u64>,
    /// In this life.
    last_batch_at: Timestamp,
    /// In any life.
    last_event_at: Timestamp,
    timers: BTreeMap<String, Timer>,
    parked: BTreeSet<(String, u64)>,
    /// The last position applied of each source and order.
    applied: BTreeMap<(String, Uuid), u64>,
    head: u64,
    /// Passed by without a batch, in this life: positions, and what was told on the way.
    passed: BTreeMap<String, u64>,
    passed_told: Vec<Told>,
    /// The most that came in at a step.
    pub(super) inputs_most: usize,
    /// How many commands might wait at the last step.
    pub(super) commands_max: usize,
}

/// A step as the checkers see it.
pub(crate) struct StepFacts<'a> {
    pub(crate) role: Role,
    pub(crate) committed: &'a [Committed],
    pub(crate) told: &'a [Told],
    /// Neighbours' events that the step says it has dealt with; `None` where it failed.
    pub(crate) applied: Option<Vec<(String, u64)>>,
    /// Where timers may fire: the writer's time, and whether more are due than were taken.
    pub(crate) timers: Option<(Timestamp, bool)>,
}

/// Journals, subscriptions and timers: I8 to I11, I18, I25, I31.
impl Checker {
    /// Judges a step.
    pub(crate) fn stepped(&mut self, facts: &StepFacts<'_>) {
        let role = facts.role;
        let mirror = self.mirror(role);
        let mut told = std::mem::take(&mut mirror.passed_told);
        let mut before = mirror.positions.clone();
        before.append(&mut mirror.passed);
        if facts.applied.is_some() && facts.committed.is_empty() {
            // Nothing of it counts before a batch has committed how far it went.
            self.no_gap(facts, &before);
            let mirror = self.mirror(role);
            mirror.passed = before;
            for (source, position) in facts.applied.iter().flatten() {
                mirror.passed.insert(source.clone(), *position);
            }
            told.extend_from_slice(facts.told);
            mirror.passed_told = told;
            return;
        }
        // A step that failed may have committed all the same; otherwise it knows nothing any longer.
        if facts.applied.is_none() && facts.committed.is_empty() {
            told.clear();
            before = self.mirror(role).positions.clone();
        }
        told.extend_from_slice(facts.told);
        let facts = &StepFacts { told: &told, applied: facts.applied.clone(), ..*facts };
        self.no_gap(facts, &before);
        let with_content = facts.committed.iter().filter(|batch| !batch.batch.is_empty_but_positions());
        if facts.committed.len() > 1 && with_content.count() > 0 {
            let sizes: Vec<_> =
                facts.committed.iter().map(|batch| (batch.batch.id, batch.events.len())).collect();
            let what = format!("{role} committed one step in {} transactions: {sizes:?}", sizes.len());
            self.violation("I10", None, what);
        }
        let before = self.mirror(role).positions.clone();
        self.told_once(facts);
        let known: BTreeSet<String> = self.mirror(role).timers.keys().cloned().collect();
        for batch in facts.committed {
            self.timers_fired(role, batch);
            self.order_of_batches(role, batch);
            self.effects_with_positions(facts, batch);
            self.mirror(role).take(&batch.batch);
            self.committed(role, batch);
        }
        if facts.committed.iter().any(|batch| !batch.batch.positions.is_empty()) {
            self.nothing_dropped(facts, &before);
        }
        self.timers_overdue(facts, &known);
    }

    pub(crate) fn mirror(&mut self, role: Role) -> &mut Mirror {
        self.mirrors.entry(role).or_default()
    }

    /// I9: no gap. I10: nothing twice.
    fn no_gap(&mut self, facts: &StepFacts<'_>, before: &BTreeMap<String, u64>) {
        let role = facts.role;
        let mut expected = before.clone();
        for (source, position) in facts.applied.iter().flatten() {
            let last = expected.entry(source.clone()).or_default();
            if *position <= *last {
                let what = format!("{role} applied {source}/{position} although it stood at {last}");
                self.violation("I10", None, what);
            } else if *position > *last + 1 {
                let what = format!("{role} went from {source}/{last} to {position} and skipped some");
                self.violation("I9", None, what);
            }
            *last = (*last).max(*position);
        }
    }

    /// I10: nothing twice. I11: per order, in order.
    fn told_once(&mut self, facts: &StepFacts<'_>) {
        let role = facts.role;
        if facts.committed.is_empty() {
            return;
        }
        for told in facts.told.iter().filter(|told| told.applied) {
            let key = (told.source.clone(), told.blocks);
            let last = self.mirror(role).applied.insert(key, told.position).unwrap_or(0);
            if told.position <= last {
                let invariant = if told.position == last { "I10" } else { "I11" };
                let what = format!("{role} applied {}/{} after {last}", told.source, told.position);
                self.violation(invariant, Some(told.blocks), what);
            }
        }
    }

    /// I9, I18: whatever a position has passed was applied, or is parked with its order.
    fn nothing_dropped(&mut self, facts: &StepFacts<'_>, before: &BTreeMap<String, u64>) {
        let role = facts.role;
        let mut dropped = Vec::new();
        let mirror = self.mirrors.entry(role).or_default();
        for (source, after) in &mirror.positions {
            for position in before.get(source).copied().unwrap_or(0) + 1..=*after {
                let applied = facts
                    .told
                    .iter()
                    .any(|told| told.applied && told.position == position && told.source == *source);
                if !applied && !mirror.parked.contains(&(source.clone(), position)) {
                    dropped.push((source.clone(), position));
                }
            }
        }
        for (source, position) in dropped {
            let poisoned = facts
                .told
                .iter()
                .any(|told| told.poisoned && told.position == position && told.source == source);
            let invariant = if poisoned { "I18" } else { "I9" };
            let what = format!("{role} passed {source}/{position} without applying or parking it");
            self.violation(invariant, None, what);
        }
    }

    /// I18: whatever really happened can be applied; only what was broken on its way is poison. No
    /// command, result or timer fails but for the store.
    pub(crate) fn all_could_be_done<S: Service>(&mut self, role: Role, stepped: &Stepped<S>) {
        for told in stepped.told.iter().filter(|told| told.poisoned && !told.injected) {
            let what = format!("{role} cannot apply {}/{}: {}", told.source, told.position, told.cause);
            self.violation("I18", Some(told.blocks), what);
        }
        for (key, cause) in &stepped.failed_timers {
            self.violation("I25", None, format!("{role} cannot do what timer {key} is for: {cause}"));
        }
        for answer in stepped.outcome.iter().flat_map(|outputs| &outputs.answers) {
            match &answer.result {
                Err(Failure::Broken(error)) => {
                    self.violation("I17", None, format!("{role} failed over a command: {error}"));
                }
                Err(Failure::Refused(refusal)) if answer.ticket == Ticket::MAX => {
                    let what = format!("{role} refuses the result of an effect: {refusal:?}");
                    self.violation("I17", None, what);
                }
                _ => {}
            }
        }
    }

    /// I10: an effect and the position of its cause are one transaction.
    fn effects_with_positions(&mut self, facts: &StepFacts<'_>, batch: &Committed) {
        for event in &batch.events {
            let Some((source, position)) = cause(event.causation.as_str()) else {
                continue;
            };
            let told_now = facts
                .told
                .iter()
                .any(|told| told.applied && told.source == source && told.position == position);
            let saved =
                batch.batch.positions.iter().any(|(name, at)| name == source && at.position >= position);
            let released = batch.batch.parked.iter().any(|write| {
                matches!(write, ParkedWrite::Release { source: name, position: at } if name == source && *at == position)
            });
            if told_now && !saved && !released {
                let what = format!(
                    "{} wrote {} for {source}/{position} without saving that position with it",
                    facts.role, event.event_type
                );
                self.violation("I10", event.subject.order.map(|order| order.0), what);
            }
        }
    }

    /// I25: the writer's time never goes back. I31: positions have no holes.
    fn order_of_batches(&mut self, role: Role, batch: &Committed) {
        let mirror = self.mirror(role);
        let (last, head) = (mirror.last_batch_at.max(mirror.last_event_at), mirror.head);
        let at = batch.batch.at;
        if !batch.events.is_empty() {
            mirror.head += batch.events.len() as u64;
            mirror.last_event_at = at;
        }
        mirror.last_batch_at = at;
        if at < last {
            let what = format!("{role} committed at {at} after it had committed at {last}");
            self.violation("I25", None, what);
        }
        for (position, event) in (head + 1..).zip(&batch.events) {
            if event.position != position {
                let what = format!("{role}/{} stands where {position} should", event.position);
                self.violation("I31", None, what);
            }
        }
    }

    /// I25: no timer fires before its time.
    fn timers_fired(&mut self, role: Role, batch: &Committed) {
        let mut early = Vec::new();
        let mirror = self.mirrors.entry(role).or_default();
        for event in &batch.events {
            let Some(kind) = event.causation.as_str().strip_prefix("timer/") else {
                continue;
            };
            let timers = || {
                mirror
                    .timers
                    .values()
                    .filter(|timer| timer.kind == kind && timer.order == event.subject.order)
            };
            if !kind.starts_with("effect:")
                && timers().count() > 0
                && timers().all(|timer| timer.at > batch.batch.at)
            {
                early.push((event.subject.order, kind.to_owned()));
            }
        }
        for (order, kind) in early {
            let what = format!("{role} fired {kind} before its time");
            self.violation("I25", order.map(|order| order.0), what);
        }
    }

    /// I25: no timer that is due is left where timers fire.
    fn timers_overdue(&mut self, facts: &StepFacts<'_>, known: &BTreeSet<String>) {
        let Some((now, more)) = facts.timers else {
            return;
        };
        if more {
            return;
        }
        let mirror = self.mirrors.entry(facts.role).or_default();
        let overdue = mirror
            .timers
            .values()
            .find(|timer| timer.at.plus_millis(1_000) < now && known.contains(&timer.key));
        if let Some(timer) = overdue {
            let what = format!("{} left timer {} of {} at {now}", facts.role, timer.key, timer.at);
            let order = timer.order.map(|order| order.0);
            self.violation("I25", order, what);
        }
    }

    /// I28: recovery, begun twice, changes nothing and loses no timer.
    pub(crate) fn recovered(&mut self, role: Role, timers: &[Timer], committed: &[Committed]) {
        let mirror = self.mirror(role);
        let lost: Vec<String> = mirror
            .timers
            .keys()
            .filter(|key| !timers.iter().any(|timer| timer.key == **key))
            .cloned()
            .collect();
        if !lost.is_empty() {
            let what = format!("{role} lost timers when it started: {}", lost.join(", "));
            self.violation("I28", None, what);
        }
        self.cut_off(role, committed);
    }

    /// What a start has written, whether or not it came to its end.
    pub(crate) fn cut_off(&mut self, role: Role, committed: &[Committed]) {
        let mirror = self.mirror(role);
        mirror.last_batch_at = Timestamp::default();
        mirror.passed.clear();
        mirror.passed_told.clear();
        for batch in committed {
            self.order_of_batches(role, batch);
            self.mirror(role).take(&batch.batch);
            self.committed(role, batch);
        }
    }
}

impl Mirror {
    /// How many timers are set.
    pub(super) fn timers_set(&self) -> usize {
        self.timers.len()
    }

    /// Takes in what a batch writes beside events.
    fn take(&mut self, batch: &Batch) {
        for (source, at) in &batch.positions {
            self.positions.insert(source.to_string(), at.position);
        }
        for write in &batch.timers {
            match write {
                TimerWrite::Set(timer) => {
                    self.timers.insert(timer.key.clone(), timer.clone());
                }
                TimerWrite::Cancel { key } => {
                    self.timers.remove(key);
                }
            }
        }
        for write in &batch.parked {
            match write {
                ParkedWrite::Park(parked) => {
                    let key = (parked.source.to_string(), parked.event.position);
                    self.parked.insert(key);
                }
                ParkedWrite::Release { source, position } => {
                    self.parked.remove(&(source.to_string(), *position));
                }
            }
        }
    }

    /// The last position of a source that was applied for an order.
    pub(crate) fn last_applied(&self, source: &str, order: Uuid) -> u64 {
        let key = (source.to_owned(), order);
        self.applied.get(&key).copied().unwrap_or(0)
    }

    pub(crate) fn parked(&self) -> usize {
        self.parked.len()
    }

    pub(crate) fn timers(&self) -> impl Iterator<Item = &Timer> {
        self.timers.values()
    }
}

trait BatchContent {
    fn is_empty_but_positions(&self) -> bool;
}

impl BatchContent for Batch {
    fn is_empty_but_positions(&self) -> bool {
        Self { positions: Vec::new(), ..self.clone() }.is_empty()
    }
}

/// The event that a causation names.
fn cause(causation: &str) -> Option<(&str, u64)> {
    let (source, position) = causation.split_once('/')?;
    Role::named(source)?;
    Some((source, position.parse().ok()?))
}
