//! The table at the end: how many states of which kind, and what they came to.

use std::collections::BTreeMap;
use std::fmt;

use crate::case::Finding;
use crate::check::{Outcome, Violation};

/// What the states of one kind came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All promises kept; damage that hurt nothing included.
    pub kept: u64,
    /// The damage was named by the store.
    pub detected: u64,
    /// The damage looks like an earlier moment to the store; a neighbour refuses it.
    pub detected_by_neighbour: u64,
    /// A promise was broken.
    pub broken: u64,
}

impl Counts {
    /// How many states.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.kept + self.detected + self.detected_by_neighbour + self.broken
    }
}

/// Counts per kind of state, and the commands that replay what failed.
#[derive(Debug, Default)]
pub struct Report {
    counts: BTreeMap<String, Counts>,
    /// What was broken, each with the command that shows it again.
    pub failures: Vec<String>,
    /// How many batches were acknowledged in recorded runs.
    pub acknowledged: u64,
    /// How many runs were recorded.
    pub recordings: u64,
}

impl Report {
    /// Counts a state.
    pub fn note(&mut self, kind: &str, result: &Result<Finding, Violation>) {
        let counts = self.counts.entry(kind.to_owned()).or_default();
        match result {
            Ok(Finding::Kept | Finding::Damaged(Outcome::Intact)) => counts.kept += 1,
            Ok(Finding::Damaged(Outcome::Detected)) => counts.detected += 1,
            Ok(Finding::Damaged(Outcome::DetectedByNeighbour)) => counts.detected_by_neighbour += 1,
            Ok(Finding::NotApplicable) => {}
            Err(_) => counts.broken += 1,
        }
    }

    /// Adds another report.
    pub fn add(&mut self, other: Self) {
        for (kind, counts) in other.counts {
            let mine = self.counts.entry(kind).or_default();
            mine.kept += counts.kept;
            mine.detected += counts.detected;
            mine.detected_by_neighbour += counts.detected_by_neighbour;
            mine.broken += counts.broken;
        }
        self.failures.extend(other.failures);
        self.acknowledged += other.acknowledged;
        self.recordings += other.recordings;
    }

    /// The sum over all kinds.
    #[must_use]
    pub fn sum(&self) -> Counts {
        self.counts
            .values()
            .fold(Counts::default(), |sum, counts| Counts {
                kept: sum.kept + counts.kept,
                detected: sum.detected + counts.detected,
                detected_by_neighbour: sum.detected_by_neighbour + counts.detected_by_neighbour,
                broken: sum.broken + counts.broken,
            })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |name: &str, counts: Counts| {
            writeln!(
                f,
                "{name:<42} {:>8} {:>8} {:>9} {:>10} {:>7}",
                counts.total(),
                counts.kept,
                counts.detected,
                counts.detected_by_neighbour,
                counts.broken
            )
        };
        for (kind, counts) in &self.counts {
            line(kind, *counts)?;
        }
        line("all", self.sum())
    }
}

/// The head of the table.
pub const HEAD: &str =
    "kind of state                                states     kept  detected  neighbour  broken";
