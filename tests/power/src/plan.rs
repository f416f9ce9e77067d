//! What a recorded run does: written at the head of its trace, so that a trace explains itself.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, Result, bail};

use crate::script::Script;
use crate::subject::SubjectKind;

/// How many batches a recovered store must still be able to take.
pub const BATCHES_AFTER_RECOVERY: u64 = 20;

/// What else happens while the batches are committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exercise {
    /// Checkpoints, and now and then a clean restart.
    Ordinary,
    /// Checkpoints, no restart: for runs with faults, because closing a store tells of none.
    Steady,
    /// A file of an older schema is there and is brought to the present one; then a few batches.
    Migration,
    /// A reader holds its transaction for a long time, so that the log cannot be reset (F8).
    StuckReader,
}

impl Exercise {
    const ALL: [Self; 4] = [Self::Ordinary, Self::Steady, Self::Migration, Self::StuckReader];

    const fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Steady => "steady",
            Self::Migration => "migration",
            Self::StuckReader => "stuck-reader",
        }
    }
}

/// A run: which store, which script, how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The store.
    pub subject: SubjectKind,
    /// The script's seed.
    pub seed: u64,
    /// How many batches.
    pub batches: u64,
    /// What else happens.
    pub exercise: Exercise,
}

impl Plan {
    /// The run's script, with enough batches behind the end to go on after recovery.
    #[must_use]
    pub fn script(&self) -> Script {
        Script::new(self.seed, self.batches + 1 + BATCHES_AFTER_RECOVERY)
    }
}

/// `journal,seed,batches,exercise`.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{},{}", self.subject.name(), self.seed, self.batches, self.exercise.name())
    }
}

impl FromStr for Plan {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let words: Vec<&str> = text.split(',').collect();
        let [subject, seed, batches, exercise] = words[..] else {
            bail!("a plan is SUBJECT,SEED,BATCHES,EXERCISE, not {text}");
        };
        let exercise = Exercise::ALL.into_iter().find(|it| it.name() == exercise);
        Ok(Self {
            subject: subject.parse()?,
            seed: seed.parse()?,
            batches: batches.parse()?,
            exercise: exercise.with_context(|| format!("unknown exercise in {text}"))?,
        })
    }
}
