//! The negative controls: stores that are wrong must be found wrong, or the harness is worth
//! nothing. And one that is right must be found right.

use anyhow::Result;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::case::{Blow, Case};
use crate::check::Promise;
use crate::loss::Loss;
use crate::plan::{Exercise, Plan};
use crate::recording::{Recorder, Recording};
use crate::subject::{Flaw, SubjectKind};

/// A control: what is recorded, and the promise that must then be found broken.
#[derive(Debug, Clone, Copy)]
pub struct Control {
    /// What is wrong, in words.
    pub name: &'static str,
    subject: SubjectKind,
    /// Whether the syncs of the log are taken out of the trace.
    without_log_syncs: bool,
    expected: Option<Promise>,
}

/// How many states a control may need.
const STATES_MAX: u64 = 200;

/// What became of a control.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Whether the harness judged as it must.
    pub is_right: bool,
    /// In words.
    pub text: String,
}

impl Control {
    /// Every control of a run on `subject`.
    #[must_use]
    pub fn all(subject: SubjectKind) -> [Self; 4] {
        let control = |name, subject, expected| Self { name, subject, without_log_syncs: false, expected };
        [
            control("a sound store", SubjectKind::Probe(Flaw::None), None),
            control("synchronous=NORMAL", SubjectKind::Probe(Flaw::SyncNormal), Some(Promise::I19)),
            control("events in another transaction", SubjectKind::Probe(Flaw::EventApart), Some(Promise::I8)),
            Self {
                without_log_syncs: true,
                ..control("the product without the syncs of its log", subject, Some(Promise::I19))
            },
        ]
    }

    /// Records and judges until the flaw shows, or long enough.
    ///
    /// # Errors
    /// When a run or a state cannot be made.
    pub fn run(&self, recorder: &Recorder, seed: u64) -> Result<Verdict> {
        let mut chance = StdRng::seed_from_u64(seed);
        let recording = self.record(recorder, &mut chance)?;
        let script = recording.plan.script();
        let states = if self.expected.is_some() { STATES_MAX } else { STATES_MAX / 5 };
        for state in 0..states {
            let blow = Blow::Loss(Loss::ALL[state as usize % Loss::ALL.len()]);
            let case = Case { blow, seed: chance.random() };
            if let Err(violation) = case.judge(&recording, &script)? {
                let is_right = self.expected == Some(violation.promise);
                // Another promise may break first; the one that is waited for must break too.
                if is_right || self.expected.is_none() {
                    return Ok(Verdict {
                        is_right,
                        text: format!("found in state {}: {violation}", state + 1),
                    });
                }
            }
        }
        Ok(Verdict { is_right: self.expected.is_none(), text: format!("nothing found in {states} states") })
    }

    fn record(&self, recorder: &Recorder, chance: &mut StdRng) -> Result<Recording> {
        let plan =
            Plan { subject: self.subject, seed: chance.random(), batches: 40, exercise: Exercise::Ordinary };
        let mut recording = recorder.record(&plan, "")?;
        if self.without_log_syncs {
            recording.trace = recording.trace.without_syncs_of("-wal");
        }
        Ok(recording)
    }
}
