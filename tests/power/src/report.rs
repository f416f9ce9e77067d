//! The table at the end: how many states of which kind, and what they came to.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::case::{Case, Finding};
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
    /// The same, and what the store serves is not even whole.
    pub mixtures: u64,
    /// A promise was broken.
    pub broken: u64,
}

impl Counts {
    const fn add(&mut self, other: Self) {
        self.kept += other.kept;
        self.detected += other.detected;
        self.detected_by_neighbour += other.detected_by_neighbour;
        self.mixtures += other.mixtures;
        self.broken += other.broken;
    }

    /// How many states.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.kept + self.detected + self.detected_by_neighbour + self.mixtures + self.broken
    }
}

/// A broken promise, and how to see it again.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The kind of state, or of run.
    pub kind: &'static str,
    /// What was broken.
    pub violation: Violation,
    /// The trace that was kept.
    pub trace: PathBuf,
    /// Which state of it; `None` where the run itself broke the promise.
    pub case: Option<Case>,
    /// What was run, and with which faults.
    pub run: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trace = self.trace.display();
        write!(f, "{}: {}\n  ", self.kind, self.violation)?;
        match &self.case {
            Some(case) => write!(f, "cargo xtask power --replay {trace} --case {case}"),
            None => write!(f, "run {}, trace {trace}", self.run),
        }
    }
}

/// Counts per kind of state, and the commands that replay what failed.
#[derive(Debug, Default)]
pub struct Report {
    counts: BTreeMap<String, Counts>,
    /// What was broken.
    pub failures: Vec<Failure>,
    /// How many batches were acknowledged in recorded runs.
    pub acknowledged: u64,
    /// How many runs were recorded.
    pub recordings: u64,
    /// How often each fault of the disk was injected.
    pub faults: BTreeMap<String, u64>,
}

impl Report {
    /// Counts a state.
    pub fn note(&mut self, kind: &str, result: &Result<Finding, Violation>) {
        let counts = self.counts.entry(kind.to_owned()).or_default();
        match result {
            Ok(Finding::Kept | Finding::Damaged(Outcome::Intact)) => counts.kept += 1,
            Ok(Finding::Damaged(Outcome::Detected)) => counts.detected += 1,
            Ok(Finding::Damaged(Outcome::DetectedByNeighbour)) => counts.detected_by_neighbour += 1,
            Ok(Finding::Damaged(Outcome::MixtureDetectedByNeighbour)) => counts.mixtures += 1,
            Ok(Finding::NotApplicable) => {}
            Err(_) => counts.broken += 1,
        }
    }

    /// Adds another report.
    pub fn add(&mut self, other: Self) {
        for (kind, counts) in other.counts {
            self.counts.entry(kind).or_default().add(counts);
        }
        self.failures.extend(other.failures);
        self.acknowledged += other.acknowledged;
        self.recordings += other.recordings;
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }

    /// The sum over all kinds.
    #[must_use]
    pub fn sum(&self) -> Counts {
        let mut sum = Counts::default();
        self.counts.values().for_each(|counts| sum.add(*counts));
        sum
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |name: &str, counts: Counts| {
            writeln!(
                f,
                "{name:<40} {:>7} {:>7} {:>9} {:>10} {:>9} {:>7}",
                counts.total(),
                counts.kept,
                counts.detected,
                counts.detected_by_neighbour,
                counts.mixtures,
                counts.broken
            )
        };
        for (kind, counts) in &self.counts {
            line(kind, *counts)?;
        }
        line("all", self.sum())?;
        let faults: Vec<String> =
            self.faults.iter().map(|(fault, count)| format!("{fault} {count}")).collect();
        writeln!(f, "faults of the disk injected: {}", faults.join(", "))
    }
}

/// The head of the table.
pub const HEAD: &str =
    "kind of state                             states    kept  detected  neighbour  mixture  broken";
