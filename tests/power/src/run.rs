//! One recorded run of a campaign, and the states drawn from it.

use std::ops::Range;
use std::path::PathBuf;

use anyhow::{Context, Result};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::campaign::Campaign;
use crate::case::{Blow, Case, Finding};
use crate::check::{self, Promise, Violation};
use crate::cut;
use crate::fault_run::DiskFault;
use crate::image::Image;
use crate::loss::Loss;
use crate::plan::{Exercise, Plan};
use crate::recording::{Recorder, Recording, scratch_folder};
use crate::report::{Failure, Report};
use crate::script::Script;
use crate::starvation;
use crate::worker;

/// What happens in a recorded run.
#[derive(Debug, Clone, Copy)]
pub enum RunKind {
    /// Work, checkpoints, now and then a clean restart.
    Ordinary,
    /// The same, on what a power cut left of an earlier run.
    SecondLife,
    /// An older file is migrated.
    Migration,
    /// A reader holds its transaction for a long time.
    StuckReader,
    /// The disk is dying.
    Fault(DiskFault),
}

impl RunKind {
    /// Of ten runs, two are ordinary, one migrates an older file, one is a second life, one has a
    /// stuck reader, five a dying disk.
    #[must_use]
    pub const fn in_turn(turn: u64) -> Self {
        match turn % 10 {
            1 => Self::Fault(DiskFault::SyncFails),
            2 => Self::StuckReader,
            4 => Self::Fault(DiskFault::Full),
            5 => Self::Fault(DiskFault::ShortWrites),
            6 => Self::Migration,
            7 => Self::Fault(DiskFault::Interruptions),
            8 => Self::SecondLife,
            9 => Self::Fault(DiskFault::SlowSyncs),
            _ => Self::Ordinary,
        }
    }

    const fn exercise(self) -> Exercise {
        match self {
            Self::Ordinary | Self::SecondLife => Exercise::Ordinary,
            Self::Migration => Exercise::Migration,
            Self::StuckReader => Exercise::StuckReader,
            Self::Fault(_) => Exercise::Steady,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Ordinary | Self::SecondLife | Self::Migration => "the run itself",
            Self::StuckReader => "F8 the run itself",
            Self::Fault(_) => "F6 the run itself",
        }
    }

    const fn state_name(self, blow: Blow) -> &'static str {
        match self {
            Self::Ordinary => blow.name(),
            Self::SecondLife => "F3 cut again after recovery",
            Self::Migration => "F3 cut in a migration",
            Self::StuckReader => "F8 stuck reader, then cut",
            Self::Fault(fault) => fault.name(),
        }
    }
}

/// A recorded run, about to be judged.
#[derive(Debug)]
pub struct Run<'a> {
    campaign: &'a Campaign,
    turn: u64,
    kind: RunKind,
    faults: String,
    recording: Recording,
    script: Script,
    chance: StdRng,
    report: Report,
}

impl<'a> Run<'a> {
    /// Records the `turn`-th run of a campaign.
    ///
    /// # Errors
    /// When it cannot be recorded.
    pub fn record(campaign: &'a Campaign, recorder: &Recorder, turn: u64) -> Result<Self> {
        let mut chance = StdRng::seed_from_u64(campaign.seed ^ turn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let kind = RunKind::in_turn(turn);
        let batches = match kind {
            // Nearly all of such a run is the migration.
            RunKind::Migration => chance.random_range(1..4),
            _ => chance.random_range(40..120),
        };
        let seed = chance.random();
        // Every other ten runs in one thread: there is no doubt about what came first.
        let subject =
            if (turn / 10).is_multiple_of(2) { campaign.subject.in_one_thread() } else { campaign.subject };
        let plan = Plan { subject, seed, batches, exercise: kind.exercise() };
        let faults = match kind {
            RunKind::Fault(fault) => fault.draw(batches, &mut chance),
            _ => String::new(),
        };
        let recording = match kind {
            RunKind::SecondLife => record_second_life(recorder, &plan, &mut chance)?,
            RunKind::Migration => recorder.record_behind(&plan, "", &older_file(&plan)?, 0)?,
            _ => recorder.record(&plan, &faults)?,
        };
        let script = plan.script();
        Ok(Self { campaign, turn, kind, faults, recording, script, chance, report: Report::default() })
    }

    /// Judges the run itself, and then so many states of it.
    ///
    /// # Errors
    /// When a state cannot be made.
    pub fn judge(mut self, states: Range<u64>) -> Result<Report> {
        self.report.recordings = 1;
        self.report.acknowledged = acknowledged_by(&self.recording);
        for fault in self.recording.trace.faults(self.recording.trace.records().len()) {
            *self.report.faults.entry(fault).or_default() += 1;
        }
        if let Err(violation) = judge_run(self.kind, &self.recording) {
            self.report.note(self.kind.name(), &Err(violation.clone()));
            self.keep_failure(self.kind.name(), violation, None)?;
        }
        let length = states.end - states.start;
        for (place, state) in (0..).zip(states) {
            let is_over = self.campaign.ends_at_first_failure && !self.report.failures.is_empty();
            if is_over {
                break;
            }
            let turn = match self.kind {
                // Counted over ordinary runs only, so that every blow has its turn.
                RunKind::Ordinary => ordinary_runs_before(self.turn) * length + place,
                _ => state,
            };
            self.judge_state(turn as usize)?;
        }
        Ok(self.report)
    }

    fn judge_state(&mut self, turn: usize) -> Result<()> {
        let blow = match self.kind {
            RunKind::Ordinary => Blow::in_turn(turn),
            _ => Blow::Loss(Loss::ALL[turn % Loss::ALL.len()]),
        };
        let mut case = Case { blow, seed: self.chance.random() };
        let mut finding = case.judge(&self.recording, &self.script)?;
        if finding == Ok(Finding::NotApplicable) {
            // Every state counts: where there is nothing to damage, the power fails instead.
            case.blow = Blow::Loss(Loss::Everything);
            finding = case.judge(&self.recording, &self.script)?;
        }
        let name = self.kind.state_name(case.blow);
        self.report.note(name, &finding);
        match finding {
            Ok(_) => Ok(()),
            Err(violation) => self.keep_failure(name, violation, Some(case)),
        }
    }

    fn keep_failure(&mut self, kind: &'static str, violation: Violation, case: Option<Case>) -> Result<()> {
        let trace = self.keep_trace()?;
        let run = format!("{} with faults {:?}", self.recording.plan, self.faults);
        self.report.failures.push(Failure { kind, violation, trace, case, run });
        Ok(())
    }

    fn keep_trace(&self) -> Result<PathBuf> {
        let (folder, subject) = (&self.campaign.trace_folder, self.campaign.subject.name());
        std::fs::create_dir_all(folder)?;
        let path = folder.join(format!("{subject}-seed-{}-run-{}.trace", self.campaign.seed, self.turn));
        std::fs::write(&path, self.recording.trace.bytes()).context("keeping the trace")?;
        Ok(path)
    }
}

fn ordinary_runs_before(turn: u64) -> u64 {
    (0..turn).filter(|turn| matches!(RunKind::in_turn(*turn), RunKind::Ordinary)).count() as u64
}

/// A run on what a power cut left of half such a run: recovery itself is recorded, and cut.
fn record_second_life(recorder: &Recorder, plan: &Plan, chance: &mut StdRng) -> Result<Recording> {
    let first = recorder.record(&Plan { batches: plan.batches / 2, ..*plan }, "")?;
    let loss = Loss::ALL[chance.random_range(0..Loss::ALL.len())];
    let (image, cut) = cut::power(&first.trace, &first.folder, loss, chance)?;
    recorder.record_behind(plan, "", &image, worker::last_batch(first.trace.acknowledgements(cut)))
}

/// A journal of the schema before the first one: SQLite's own header and nothing else.
fn older_file(plan: &Plan) -> Result<Image> {
    let place = scratch_folder()?;
    let database = plan.subject.database_file(place.path());
    let name = database.strip_prefix(place.path())?.to_string_lossy().into_owned();
    let folder = database.parent().context("a journal lies in a folder")?;
    std::fs::create_dir_all(folder)?;
    let connection = rusqlite::Connection::open(&database)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.close().map_err(|(_, error)| error)?;
    let directory = folder.strip_prefix(place.path())?.to_string_lossy().into_owned();
    let content = std::fs::read(&database).context("the older file")?;
    Ok(Image { files: [(name, content)].into(), directories: vec![directory] })
}

fn acknowledged_by(recording: &Recording) -> u64 {
    worker::last_batch(recording.trace.acknowledgements(recording.trace.records().len()))
}

/// What the run itself must have shown, before any power cut: it did its work or stopped where it
/// must, and its files, as a killed process leaves them, are whole.
fn judge_run(kind: RunKind, recording: &Recording) -> Result<(), Violation> {
    match kind {
        RunKind::Fault(fault) => fault.judge(recording)?,
        RunKind::StuckReader => starvation::judge(recording)?,
        RunKind::Ordinary | RunKind::SecondLife | RunKind::Migration
            if recording.exit_code != i32::from(worker::EXIT_DONE) =>
        {
            return Err(Violation::new(Promise::GoesOn, recording.said.trim()));
        }
        RunKind::Ordinary | RunKind::SecondLife | RunKind::Migration => {}
    }
    let Some(left) = &recording.left else {
        return Ok(());
    };
    let folder = left.path().join("data");
    let acknowledged = acknowledged_by(recording);
    check::after_power_cut(recording.plan.subject, &folder, &recording.plan.script(), acknowledged)
}
