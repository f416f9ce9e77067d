//! Many recordings, many states of each.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::case::{Blow, Case, Finding};
use crate::check::{self, Promise, Violation};
use crate::fault_run::DiskFault;
use crate::loss::Loss;
use crate::plan::{Exercise, Plan};
use crate::recording::{Recorder, Recording};
use crate::report::Report;
use crate::starvation;
use crate::subject::SubjectKind;
use crate::worker;

/// How many states are drawn from one recording.
const STATES_PER_RECORDING: u64 = 40;

/// What to run.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// The store.
    pub subject: SubjectKind,
    /// How many states.
    pub states: u64,
    /// The seed of everything.
    pub seed: u64,
    /// Where the traces of failures are kept.
    pub trace_folder: PathBuf,
    /// Whether the first failure ends the run.
    pub ends_at_first_failure: bool,
}

/// What happens in one recorded run.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Ordinary,
    StuckReader,
    Fault(DiskFault),
}

impl Kind {
    /// Of ten recordings, four are ordinary, one has a stuck reader, five a dying disk.
    const fn in_turn(turn: u64) -> Self {
        match turn % 10 {
            1 => Self::Fault(DiskFault::SyncFails),
            2 => Self::StuckReader,
            4 => Self::Fault(DiskFault::Full),
            5 => Self::Fault(DiskFault::ShortWrites),
            7 => Self::Fault(DiskFault::Interruptions),
            9 => Self::Fault(DiskFault::SlowSyncs),
            _ => Self::Ordinary,
        }
    }

    const fn exercise(self) -> Exercise {
        match self {
            Self::Ordinary => Exercise::Ordinary,
            Self::StuckReader => Exercise::StuckReader,
            Self::Fault(_) => Exercise::Steady,
        }
    }
}

impl Campaign {
    /// Records and judges, on as many threads as the machine has processors.
    ///
    /// # Errors
    /// When a run or a state cannot be made.
    pub fn run(&self, recorder: &Recorder) -> Result<Report> {
        // At least ten recordings, so that each kind has its turn.
        let recordings = (self.states / STATES_PER_RECORDING).max(10);
        let next = AtomicU64::new(0);
        let total = Mutex::new(Report::default());
        let work = || -> Result<()> {
            loop {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                let is_over = self.ends_at_first_failure && !lock(&total).failures.is_empty();
                if turn >= recordings || is_over {
                    return Ok(());
                }
                let first = self.states * turn / recordings;
                let states = self.states * (turn + 1) / recordings - first;
                let report = self.run_one(recorder, turn, first, states)?;
                lock(&total).add(report);
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers
                .into_iter()
                .try_for_each(|worker| match worker.join() {
                    Ok(outcome) => outcome,
                    Err(panic) => std::panic::resume_unwind(panic),
                })
        })?;
        Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn run_one(&self, recorder: &Recorder, turn: u64, first: u64, states: u64) -> Result<Report> {
        let mut chance =
            StdRng::seed_from_u64(self.seed ^ turn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let kind = Kind::in_turn(turn);
        let batches = chance.random_range(40..120);
        let plan = Plan {
            subject: self.subject,
            seed: chance.random(),
            batches,
            exercise: kind.exercise(),
        };
        let faults = match kind {
            Kind::Fault(fault) => fault.draw(batches, &mut chance),
            _ => String::new(),
        };
        let recording = recorder.record(&plan, &faults)?;
        let mut report = Report::default();
        report.recordings = 1;
        report.acknowledged = worker::last_batch(
            recording
                .trace
                .acknowledgements(recording.trace.records().len()),
        );
        if let Err(violation) = judge_run(kind, &recording) {
            let name = run_name(kind);
            report.note(name, &Err(violation.clone()));
            let kept = self.keep(&recording, turn)?;
            report.failures.push(format!(
                "{name}: {violation}\n  plan {plan}, faults {faults:?}, trace {}",
                kept.display()
            ));
        }
        let script = plan.script();
        for state in first..first + states {
            let blow = match kind {
                Kind::Ordinary => Blow::in_turn(state as usize),
                _ => Blow::Loss(Loss::ALL[state as usize % Loss::ALL.len()]),
            };
            let case = Case {
                blow,
                seed: chance.random(),
            };
            let mut finding = case.judge(&recording, &script)?;
            if finding == Ok(Finding::NotApplicable) {
                // Every state counts: where there is nothing to damage, the power fails instead.
                let case = Case {
                    blow: Blow::Loss(Loss::Everything),
                    ..case
                };
                finding = case.judge(&recording, &script)?;
                report.note(case.blow.name(), &finding);
            } else {
                report.note(state_name(kind, blow), &finding);
            }
            if let Err(violation) = finding {
                let kept = self.keep(&recording, turn)?;
                report.failures.push(format!(
                    "{}: {violation}\n  cargo xtask power --replay {} --case {case}",
                    state_name(kind, blow),
                    kept.display()
                ));
                if self.ends_at_first_failure {
                    break;
                }
            }
        }
        Ok(report)
    }

    fn keep(&self, recording: &Recording, turn: u64) -> Result<PathBuf> {
        std::fs::create_dir_all(&self.trace_folder)?;
        let path = self.trace_folder.join(format!(
            "{}-seed-{}-run-{turn}.trace",
            self.subject.name(),
            self.seed
        ));
        std::fs::write(&path, recording.trace.bytes()).context("keeping the trace")?;
        Ok(path)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Ordinary => "run",
        Kind::StuckReader => "F8 run",
        Kind::Fault(_) => "F6 run",
    }
}

const fn state_name(kind: Kind, blow: Blow) -> &'static str {
    match kind {
        Kind::Ordinary => blow.name(),
        Kind::StuckReader => "F8 stuck reader, then cut",
        Kind::Fault(fault) => fault.name(),
    }
}

/// What the run itself must have shown, before any power cut: it did its work or stopped where it
/// must, and its files, as a killed process leaves them, are whole.
fn judge_run(kind: Kind, recording: &Recording) -> Result<(), Violation> {
    match kind {
        Kind::Fault(fault) => fault.judge(recording)?,
        Kind::StuckReader => starvation::judge(recording)?,
        Kind::Ordinary if recording.exit_code != i32::from(worker::EXIT_DONE) => {
            return Err(Violation::new(Promise::GoesOn, recording.said.trim()));
        }
        Kind::Ordinary => {}
    }
    let Some(left) = &recording.left else {
        return Ok(());
    };
    let last = worker::last_batch(
        recording
            .trace
            .acknowledgements(recording.trace.records().len()),
    );
    check::after_power_cut(
        recording.plan.subject,
        &left.path().join("data"),
        &recording.plan.script(),
        last,
    )
}
