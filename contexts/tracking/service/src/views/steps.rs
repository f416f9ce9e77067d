use std::collections::BTreeMap;

use kernel::{Actor, Recorded, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tracking_contract::TimelineEntry;
use tracking_domain::{Source, describe};

/// A step of a story as it is kept, an array: its words are found when it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredStep {
    at: Timestamp,
    source: Source,
    /// Its place in the journal of its source.
    position: u64,
    event: String,
    step: u64,
    actor: Actor,
    cause: String,
}

impl Serialize for StoredStep {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { at, source, position, event, step, actor, cause } = self;
        (at, source, position, event, step, actor, cause).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StoredStep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (at, source, position, event, step, actor, cause) = Deserialize::deserialize(deserializer)?;
        Ok(Self { at, source, position, event, step, actor, cause })
    }
}

/// The steps of a story in the order in which they were heard, as JSON: a step is written once,
/// however often its story's row is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Steps(Vec<u8>);

impl Steps {
    /// Written again from a row.
    pub(crate) fn of(steps: &[StoredStep]) -> Self {
        let mut kept = Self::default();
        steps.iter().for_each(|step| kept.push(step));
        kept
    }

    /// Takes in what was heard.
    pub(crate) fn hear(&mut self, source: Source, event: &Recorded) {
        self.push(&StoredStep {
            at: event.at,
            source,
            position: event.position,
            event: event.event_type.to_string(),
            step: event.version,
            actor: event.actor.clone(),
            cause: event.causation.as_str().to_owned(),
        });
    }

    /// The items of the array, without its brackets.
    pub(crate) fn items(&self) -> &[u8] {
        &self.0
    }

    fn push(&mut self, step: &StoredStep) {
        if !self.0.is_empty() {
            self.0.push(b',');
        }
        // Texts and numbers into memory: writing them cannot fail.
        serde_json::to_writer(&mut self.0, step).unwrap_or_default();
    }
}

/// The steps as a timeline: by time, a cause always before what follows from it, however the clocks
/// of two roles differ and whatever falls into one millisecond.
pub(crate) fn timeline(mut steps: Vec<StoredStep>) -> Vec<TimelineEntry> {
    steps.sort_by_key(StoredStep::place);
    let mut order: Vec<_> = ranks(&steps).into_iter().zip(steps).collect();
    order.sort_by_key(|(rank, _)| *rank);
    order.into_iter().map(|(_, step)| step.shown()).collect()
}

/// Steps in an order of their own, however they came together in batches.
pub(crate) fn in_place(mut steps: Vec<StoredStep>) -> Vec<StoredStep> {
    steps.sort_by_key(StoredStep::place);
    steps
}

/// When a step shows: not before its cause and the step before it, and behind both.
fn ranks(steps: &[StoredStep]) -> Vec<(Timestamp, usize)> {
    let index: BTreeMap<_, _> =
        steps.iter().enumerate().map(|(at, step)| ((step.source, step.position), at)).collect();
    let before: Vec<Vec<usize>> = steps
        .iter()
        .enumerate()
        .map(|(at, step)| {
            let cause = step.caused_by().and_then(|cause| index.get(&cause).copied());
            let former = at.checked_sub(1).filter(|former| steps[*former].source == step.source);
            cause.into_iter().chain(former).filter(|before| *before != at).collect()
        })
        .collect();
    let mut ranks: Vec<_> = steps.iter().map(|step| (step.at, 0)).collect();
    // No chain is longer than all steps; causes that go round in a circle end here too.
    for _ in 0..steps.len() {
        let mut moved = false;
        for (at, before) in before.iter().enumerate() {
            for &before in before {
                let (time, depth) = ranks[before];
                let least = (time, depth + 1);
                if ranks[at] < least {
                    ranks[at] = least;
                    moved = true;
                }
            }
        }
        if !moved {
            break;
        }
    }
    ranks
}

impl StoredStep {
    /// Who took the last step that ended the order, where it has ended.
    pub(crate) fn ended_by(steps: &[Self]) -> Option<Actor> {
        let ends = ["order-completed.v1", "order-cancelled.v1", "order-refused.v1"];
        let last = steps.iter().find(|step| ends.contains(&step.event.as_str()));
        last.map(|step| step.actor.clone())
    }

    /// No two steps of an order have the same place.
    const fn place(&self) -> (Source, u64) {
        (self.source, self.step)
    }

    fn caused_by(&self) -> Option<(Source, u64)> {
        let (role, position) = self.cause.split_once('/')?;
        Some((Source::of_role(role)?, position.parse().ok()?))
    }

    fn shown(self) -> TimelineEntry {
        TimelineEntry {
            at: self.at,
            role: self.source.role().to_owned(),
            text: describe(&self.event),
            event: self.event,
            step: self.step,
            actor: self.actor,
            cause: self.cause,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(at: i64, source: Source, position: u64, step: u64, cause: &str) -> StoredStep {
        let (at, event) = (Timestamp::from_millis(at), format!("{source:?} {step}"));
        StoredStep { at, source, position, event, step, actor: Actor::system(), cause: cause.to_owned() }
    }

    fn shown(steps: Vec<StoredStep>) -> Vec<String> {
        timeline(steps).into_iter().map(|entry| entry.event).collect()
    }

    #[test]
    fn within_a_millisecond_a_cause_stands_before_what_follows_from_it() {
        let steps = vec![
            step(5, Source::Ordering, 40, 2, "payment/7"),
            step(5, Source::Payment, 7, 1, "command/1"),
            step(1, Source::Ordering, 39, 1, "command/1"),
        ];
        assert_eq!(shown(steps), ["Ordering 1", "Payment 1", "Ordering 2"]);
    }

    #[test]
    fn a_clock_that_is_behind_puts_no_effect_before_its_cause() {
        let steps = vec![
            step(90, Source::Kitchen, 3, 1, "ordering/40"),
            step(91, Source::Kitchen, 4, 2, "command/9"),
            step(100, Source::Ordering, 40, 1, "command/1"),
        ];
        assert_eq!(shown(steps), ["Ordering 1", "Kitchen 1", "Kitchen 2"]);
    }

    #[test]
    fn causes_that_go_round_in_a_circle_are_shown_all_the_same() {
        let steps = vec![
            step(1, Source::Kitchen, 3, 1, "ordering/40"),
            step(1, Source::Ordering, 40, 1, "kitchen/3"),
        ];
        assert_eq!(shown(steps).len(), 2);
    }

    #[test]
    fn steps_are_read_as_they_were_written() {
        let steps = [step(1, Source::Kitchen, 3, 1, "x"), step(2, Source::Ordering, 4, 1, "y\"z")];
        let json = [b"[", Steps::of(&steps).items(), b"]"].concat();
        assert_eq!(serde_json::from_slice::<Vec<StoredStep>>(&json).ok().as_deref(), Some(&steps[..]));
    }
}
