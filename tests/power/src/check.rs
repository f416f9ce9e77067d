//! The judgement over one state: what must hold after a power cut.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use crate::plan::BATCHES_AFTER_RECOVERY;
use crate::script::{Contents, Script};
use crate::subject::{Bookmark, Failure, Subject, SubjectKind};

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which promise.
    pub promise: Promise,
    /// What was found.
    pub detail: String,
}

/// The promises that are checked; the numbers are those of reliability.md, section 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// One key, one order, before the power cut and after.
    I7,
    /// Each event is there together with its effect.
    I8,
    /// Nothing that was acknowledged is lost.
    I19,
    /// Nothing is there that nobody asked for.
    I20,
    /// Opening a recovered store again changes nothing.
    I28,
    /// After a mere power cut no damage is found; after damage nothing else is served silently.
    I32,
    /// Every invariant that `jumun verify` reads in the stores of the whole program.
    Verified,
    /// The store opens and takes new batches.
    GoesOn,
    /// A store whose disk failed stops acknowledging.
    Stops,
    /// The log stays bounded, and is reset once no reader is in its way.
    I27,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.promise, self.detail)
    }
}

impl Violation {
    /// A broken promise.
    #[must_use]
    pub fn new(promise: Promise, detail: impl Into<String>) -> Self {
        Self { promise, detail: detail.into() }
    }
}

/// What a power cut must have left in `folder`: all that was acknowledged, at most the one batch
/// that was under way besides, whole; and a store that goes on.
///
/// # Errors
/// The first promise found broken.
pub fn after_power_cut(
    kind: SubjectKind,
    folder: &Path,
    script: &Script,
    acknowledged: u64,
) -> Result<(), Violation> {
    let mut subject = kind.open(folder).map_err(after_open)?;
    let found = subject.contents().map_err(|failure| Violation::new(Promise::I32, failure.to_string()))?;
    compare(&found, script, acknowledged)?;
    go_on(subject.as_mut(), script, found.last_batch)?;
    drop(subject);
    reopen(kind, folder, script, found.last_batch + BATCHES_AFTER_RECOVERY)
}

fn after_open(failure: Failure) -> Violation {
    match failure {
        Failure::Damaged(detail) => Violation::new(Promise::I32, detail),
        other => Violation::new(Promise::GoesOn, other.to_string()),
    }
}

/// Compares what was found with what the script demands.
///
/// # Errors
/// The first promise found broken.
pub fn compare(found: &Contents, script: &Script, acknowledged: u64) -> Result<(), Violation> {
    if let Some(order) = found.event_without_its_effect() {
        return Err(Violation::new(Promise::I8, format!("order {order}: row and events disagree")));
    }
    let last = found.last_batch;
    if last < acknowledged {
        let lost = acknowledged - last;
        return Err(Violation::new(
            Promise::I19,
            format!("{lost} acknowledged batches lost, from batch {}", last + 1),
        ));
    }
    if last > acknowledged + 1 {
        return Err(Violation::new(
            Promise::I20,
            format!("batch {last} is there, {acknowledged} were acknowledged"),
        ));
    }
    if *found != script.contents(last) {
        return Err(Violation::new(
            Promise::I8,
            format!("the parts of batch {last} disagree: {}", difference(found, &script.contents(last))),
        ));
    }
    Ok(())
}

/// Where two contents differ, in a few words.
#[must_use]
pub fn difference(found: &Contents, expected: &Contents) -> String {
    if found.neighbour_position != expected.neighbour_position {
        return format!("neighbour at {}, not {}", found.neighbour_position, expected.neighbour_position);
    }
    if found.timers != expected.timers {
        return format!("timers of orders {:?}", unequal(&found.timers, &expected.timers));
    }
    if found.keys != expected.keys {
        return format!("keys of orders {:?}", unequal(&found.keys, &expected.keys));
    }
    let differs = |id: &&u32| found.orders.get(id) != expected.orders.get(id);
    match found.orders.keys().chain(expected.orders.keys()).find(differs) {
        Some(order) => format!("order {order}"),
        None => format!("batch {} instead of {}", found.last_batch, expected.last_batch),
    }
}

fn unequal(found: &BTreeSet<u32>, expected: &BTreeSet<u32>) -> Vec<u32> {
    found.symmetric_difference(expected).copied().collect()
}

fn go_on(subject: &mut dyn Subject, script: &Script, last: u64) -> Result<(), Violation> {
    for step in script.after(last).iter().take(BATCHES_AFTER_RECOVERY as usize) {
        subject.commit(step).map_err(|failure| {
            Violation::new(Promise::GoesOn, format!("batch {} after recovery: {failure}", step.batch))
        })?;
    }
    subject.tidy_up().map_err(|failure| Violation::new(Promise::GoesOn, failure.to_string()))
}

fn reopen(kind: SubjectKind, folder: &Path, script: &Script, last: u64) -> Result<(), Violation> {
    let again = |failure: Failure| Violation::new(Promise::I28, failure.to_string());
    let found = kind.open(folder).map_err(again)?.contents().map_err(again)?;
    let expected = script.contents(last);
    if found == expected {
        return Ok(());
    }
    Err(Violation::new(Promise::I28, format!("opened again: {}", difference(&found, &expected))))
}

/// What became of damaged files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Everything is still there.
    Intact,
    /// The store named the damage, or did not take the file for its own any more.
    Detected,
    /// The store serves an older state of its own, whole and consistent, or another journal; it
    /// cannot know, but a neighbour that has read it refuses to go on (decision 5).
    DetectedByNeighbour,
    /// The same, but the older state is not whole: pages of later batches show through.
    MixtureDetectedByNeighbour,
}

/// What damage must come to: everything there, or the damage named, or an older state that a
/// neighbour refuses; never other data in silence.
///
/// # Errors
/// [`Promise::I32`] for anything else.
pub fn after_damage(
    kind: SubjectKind,
    folder: &Path,
    script: &Script,
    last: u64,
    bookmark: &Bookmark,
) -> Result<Outcome, Violation> {
    let reading = kind.open(folder).and_then(|mut subject| Ok((subject.contents()?, subject.bookmark()?)));
    let (found, now) = match reading {
        Ok(read) => read,
        Err(Failure::Damaged(_) | Failure::Refused(_)) => return Ok(Outcome::Detected),
        Err(other) => {
            return Err(Violation::new(Promise::I32, format!("damage not named as such: {other}")));
        }
    };
    let expected = script.contents(last);
    if found == expected {
        Ok(Outcome::Intact)
    } else if bookmark.refuses(&now) {
        let is_whole = now.identity != bookmark.identity || found == script.contents(found.last_batch);
        Ok(if is_whole { Outcome::DetectedByNeighbour } else { Outcome::MixtureDetectedByNeighbour })
    } else {
        let detail =
            format!("batch {last} became batch {}: {}", found.last_batch, difference(&found, &expected));
        Err(Violation::new(Promise::I32, format!("other data in silence: {detail}")))
    }
}
