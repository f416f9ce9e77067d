use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;

use kernel::{Actor, Recorded, Timestamp};
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use tracking_contract::TimelineEntry;
use tracking_domain::{Source, describe};

/// A step of a story: its words are found when it is read.
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

/// The steps of a story in the order in which they were heard, as JSON: a step is written once,
/// however often its story's row is.
///
/// A step is an array: the milliseconds since the step before it (of the first, since 1970), its source
/// as a digit, its position there, the event, its place in its stream; then its cause and its actor, each
/// only where it is another than before, the cause in any case where the actor is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Steps {
    items: Vec<u8>,
    last: Option<Last>,
}

/// What the next step need not say again.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Last {
    at: Timestamp,
    actor: Actor,
    cause: String,
}

impl Steps {
    /// Written again from a row.
    pub(crate) fn of(steps: &[StoredStep]) -> Self {
        let mut kept = Self::default();
        for step in steps {
            kept.push(
                (step.source, step.position),
                &step.event,
                step.step,
                step.at,
                &step.actor,
                &step.cause,
            );
        }
        kept
    }

    /// As they stand in a row, to go on with: only how the last one ended is read.
    ///
    /// # Errors
    /// When they are something else.
    pub(crate) fn resume(written: &RawValue) -> serde_json::Result<Self> {
        let (mut at, mut cause, mut actor) = (0, None, None);
        for_each_item(&mut serde_json::Deserializer::from_str(written.get()), |item| {
            at = item.after(at)?;
            cause = item.cause.or(cause.take());
            actor = item.actor.or(actor.take());
            cause.as_ref().and(actor.as_ref()).map(|_| ())
        })?;
        let last = cause.zip(actor).map(|(cause, actor)| Last {
            at: Timestamp::from_millis(at),
            actor,
            cause: cause.into_owned(),
        });
        let text = written.get();
        let items = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or_default();
        Ok(Self { items: items.into(), last })
    }

    /// Takes in what was heard.
    pub(crate) fn hear(&mut self, source: Source, event: &Recorded) {
        let (place, cause) = ((source, event.position), event.causation.as_str());
        self.push(place, &event.event_type, event.version, event.at, &event.actor, cause);
    }

    /// The items of the array, without its brackets.
    pub(crate) fn items(&self) -> &[u8] {
        &self.items
    }

    fn push(
        &mut self,
        (source, position): (Source, u64),
        event: &str,
        step: u64,
        at: Timestamp,
        actor: &Actor,
        cause: &str,
    ) {
        let since = self.last.as_ref().map_or(0, |last| last.at.millis());
        let (other_actor, other_cause) = match &self.last {
            Some(last) => (last.actor != *actor, last.cause != cause),
            None => (true, true),
        };
        let after = at.millis() - since;
        let items = &mut self.items;
        // Texts and numbers into memory: writing them cannot fail.
        let mut write = || -> std::io::Result<()> {
            let comma = if items.is_empty() { "" } else { "," };
            write!(items, "{comma}[{after},{},{position},", digit_of(source))?;
            serde_json::to_writer(&mut *items, event)?;
            write!(items, ",{step}")?;
            if other_cause || other_actor {
                items.push(b',');
                serde_json::to_writer(&mut *items, cause)?;
            }
            if other_actor {
                items.push(b',');
                serde_json::to_writer(&mut *items, actor.as_str())?;
            }
            items.push(b']');
            Ok(())
        };
        write().unwrap_or_default();
        match &mut self.last {
            Some(last) => {
                last.at = at;
                if other_actor {
                    last.actor = actor.clone();
                }
                if other_cause {
                    last.cause.clear();
                    last.cause.push_str(cause);
                }
            }
            free => *free = Some(Last { at, actor: actor.clone(), cause: cause.to_owned() }),
        }
    }
}

/// Never another one: stories are kept under it.
const fn digit_of(source: Source) -> u8 {
    match source {
        Source::Ordering => 0,
        Source::Payment => 1,
        Source::Inventory => 2,
        Source::Kitchen => 3,
        Source::Delivery => 4,
    }
}

/// Reads what [`Steps`] has written.
///
/// # Errors
/// When it is something else.
pub(crate) fn read_steps<'de, D: Deserializer<'de>>(items: D) -> Result<Vec<StoredStep>, D::Error> {
    let mut steps: Vec<StoredStep> = Vec::with_capacity(16);
    for_each_item(items, |item| {
        steps.push(item.behind(steps.last())?);
        Some(())
    })?;
    Ok(steps)
}

/// Hands out each step as it is written, until one cannot be taken.
fn for_each_item<'de, D, T>(items: D, take: T) -> Result<(), D::Error>
where
    D: Deserializer<'de>,
    T: FnMut(Item<'de>) -> Option<()>,
{
    struct Items<T>(T);
    impl<'de, T: FnMut(Item<'de>) -> Option<()>> Visitor<'de> for Items<T> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the steps of a story")
        }

        fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
            while let Some(item) = items.next_element()? {
                (self.0)(item).ok_or_else(|| de::Error::custom("a step is cut short"))?;
            }
            Ok(())
        }
    }
    items.deserialize_seq(Items(take))
}

/// A step as it is written.
struct Item<'t> {
    at: i64,
    source: Source,
    position: u64,
    event: Cow<'t, str>,
    step: u64,
    cause: Option<Cow<'t, str>>,
    actor: Option<Actor>,
    /// Whether it stands for itself, as steps were written at first: by the clock, and the source by name.
    alone: bool,
}

impl Item<'_> {
    /// When it was, in milliseconds since 1970, behind a step of then.
    fn after(&self, millis: i64) -> Option<i64> {
        if self.alone { Some(self.at) } else { millis.checked_add(self.at) }
    }

    fn behind(self, last: Option<&StoredStep>) -> Option<StoredStep> {
        let at = self.after(last.map_or(0, |last| last.at.millis()))?;
        let cause = self.cause.map(Cow::into_owned).or_else(|| last.map(|last| last.cause.clone()))?;
        let actor = self.actor.or_else(|| last.map(|last| last.actor.clone()))?;
        Some(StoredStep {
            at: Timestamp::from_millis(at),
            source: self.source,
            position: self.position,
            event: self.event.into_owned(),
            step: self.step,
            actor,
            cause,
        })
    }
}

impl<'de> Deserialize<'de> for Item<'de> {
    fn deserialize<D: Deserializer<'de>>(item: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Item<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a step of a story")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
                let short = || de::Error::custom("a step is cut short");
                let at = fields.next_element()?.ok_or_else(short)?;
                let WrittenSource { source, alone } = fields.next_element()?.ok_or_else(short)?;
                let position = fields.next_element()?.ok_or_else(short)?;
                let Text(event) = fields.next_element()?.ok_or_else(short)?;
                let step = fields.next_element()?.ok_or_else(short)?;
                let (cause, actor) = if alone {
                    let actor = fields.next_element()?;
                    (fields.next_element()?, actor)
                } else {
                    (fields.next_element()?, fields.next_element()?)
                };
                let cause = cause.map(|Text(cause)| cause);
                Ok(Item { at, source, position, event, step, cause, actor, alone })
            }
        }
        item.deserialize_seq(Fields)
    }
}

/// A text that is borrowed where it stands as it is.
#[derive(Deserialize)]
struct Text<'t>(#[serde(borrow)] Cow<'t, str>);

struct WrittenSource {
    source: Source,
    alone: bool,
}

impl<'de> Deserialize<'de> for WrittenSource {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = WrittenSource;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the source of a step")
            }

            fn visit_u64<E: de::Error>(self, digit: u64) -> Result<Self::Value, E> {
                let all =
                    [Source::Ordering, Source::Payment, Source::Inventory, Source::Kitchen, Source::Delivery];
                let source = all.into_iter().find(|source| u64::from(digit_of(*source)) == digit);
                let source = source.ok_or_else(|| E::custom("there is no such source"))?;
                Ok(WrittenSource { source, alone: false })
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
                let source = Source::of_role(name).ok_or_else(|| E::custom("there is no such source"))?;
                Ok(WrittenSource { source, alone: true })
            }
        }
        source.deserialize_any(Written)
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
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
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

    fn read(items: &str) -> serde_json::Result<Vec<StoredStep>> {
        read_steps(&mut serde_json::Deserializer::from_str(&format!("[{items}]")))
    }

    fn resumed(items: &str) -> serde_json::Result<Steps> {
        Steps::resume(&RawValue::from_string(format!("[{items}]"))?)
    }

    #[test]
    fn steps_are_read_as_they_were_written() {
        let mut steps = vec![
            step(1_000, Source::Kitchen, 3, 1, "x"),
            step(2_000, Source::Ordering, 4, 1, "y\"z"),
            step(1_990, Source::Payment, 1, 1, "y\"z"),
        ];
        steps[2].actor = Actor::parse("staff:1").unwrap();

        let kept = Steps::of(&steps);

        assert_eq!(
            std::str::from_utf8(kept.items()).unwrap(),
            r#"[1000,3,3,"Kitchen 1",1,"x","system"],[1000,0,4,"Ordering 1",1,"y\"z"],[-10,1,1,"Payment 1",1,"y\"z","staff:1"]"#
        );
        assert_eq!(read(std::str::from_utf8(kept.items()).unwrap()).unwrap(), steps);
        assert_eq!(Steps::of(&steps), kept);
        assert_eq!(resumed(std::str::from_utf8(kept.items()).unwrap()).unwrap(), kept);
    }

    #[test]
    fn steps_as_they_were_written_at_first_are_still_read_beside_later_ones() {
        let both = r#"[5,"kitchen",3,"Kitchen 1",1,"system","x"],[2,0,4,"Ordering 1",1]"#;

        let steps = vec![step(5, Source::Kitchen, 3, 1, "x"), step(7, Source::Ordering, 4, 1, "x")];

        assert_eq!(read(both).unwrap(), steps);
    }

    #[test]
    fn steps_go_on_behind_those_of_a_row_as_if_they_had_never_been_written() {
        let steps = vec![
            step(5, Source::Kitchen, 3, 1, "x"),
            step(7, Source::Ordering, 4, 1, "y"),
            step(6, Source::Ordering, 5, 2, "y"),
        ];
        let as_now = r#"[5,3,3,"Kitchen 1",1,"x","system"],[2,0,4,"Ordering 1",1,"y"]"#;
        let as_at_first = r#"[5,"kitchen",3,"Kitchen 1",1,"system","x"],[2,0,4,"Ordering 1",1,"y"]"#;
        for begun in [as_now, as_at_first] {
            let mut kept = resumed(begun).unwrap();
            let last = &steps[2];
            kept.push(
                (last.source, last.position),
                &last.event,
                last.step,
                last.at,
                &last.actor,
                &last.cause,
            );

            assert_eq!(read(std::str::from_utf8(kept.items()).unwrap()).unwrap(), steps, "{begun}");
        }
        assert_eq!(resumed("").unwrap(), Steps::default());
    }

    #[test]
    fn steps_that_are_none_are_refused() {
        for wrong in [r#"[5,0,3,"e",1]"#, r#"[5,9,3,"e",1,"x","system"]"#, r#"[5,0,3]"#, "7"] {
            assert!(read(wrong).is_err() && resumed(wrong).is_err(), "{wrong}");
        }
    }
}
