//! The recorded program: `power worker` opens the store, commits its script batch by batch, and
//! writes each acknowledgement into the trace the moment the commit has returned.

use std::path::Path;

use anyhow::{Context, Result, bail};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::plan::{Exercise, Plan};
use crate::script::{Script, Step};
use crate::subject::{Failure, Subject};
use crate::trace::AcknowledgementLog;

/// The worker did all that was asked.
pub const EXIT_DONE: u8 = 0;

/// The store failed, and the worker stopped acknowledging at once, as it must.
pub const EXIT_STOPPED: u8 = 3;

/// The acknowledgement in front of the worker's own deeds; what comes before tells of the folder as
/// it was, and is never cut.
pub const BEGIN: &str = "begin";

const PLAN_WORD: &str = "plan ";

const BATCH_WORD: &str = "batch ";

/// Runs a plan in `folder`, behind what is there already; acknowledgements go to `trace`. Returns
/// the exit code.
///
/// # Errors
/// When something else fails than the store.
pub fn run(plan: &Plan, folder: &Path, trace: &Path) -> Result<u8> {
    let mut log = AcknowledgementLog::open(trace)?;
    let outcome = match plan.exercise {
        Exercise::Ordinary | Exercise::Steady | Exercise::Migration => work(plan, folder, &mut log),
        Exercise::StuckReader => crate::starvation::work(plan, folder, &mut log),
    };
    let Err(error) = outcome else {
        return Ok(EXIT_DONE);
    };
    if error.downcast_ref::<Failure>().is_none() {
        return Err(error);
    }
    eprintln!("worker: {error:#}");
    Ok(EXIT_STOPPED)
}

fn work(plan: &Plan, folder: &Path, log: &mut AcknowledgementLog) -> Result<()> {
    let script = Script::new(plan.seed, plan.batches);
    let mut chance = StdRng::seed_from_u64(!plan.seed);
    let mut subject = plan.subject.open(folder)?;
    let last = subject.contents()?.last_batch;
    if last > 0 {
        // What has been seen after recovery must not disappear any more.
        log.acknowledge(&batch_text(last))?;
    }
    for step in script.after(last) {
        commit_and_acknowledge(subject.as_mut(), step, log)?;
        if chance.random_bool(0.1) {
            subject.tidy_up()?;
        }
        if plan.exercise == Exercise::Ordinary && chance.random_bool(0.02) {
            drop(subject);
            subject = plan.subject.open(folder)?;
        }
    }
    if chance.random_bool(0.5) {
        // Killed, not closed: no last checkpoint, no tidying.
        std::mem::forget(subject);
    }
    Ok(())
}

/// Commits a batch and writes down that its client has been told.
///
/// # Errors
/// When the store failed; then nobody is told.
pub fn commit_and_acknowledge(
    subject: &mut dyn Subject,
    step: &Step,
    log: &mut AcknowledgementLog,
) -> Result<()> {
    subject.commit(step)?;
    log.acknowledge(&batch_text(step.batch))
}

/// The acknowledgement of a batch.
#[must_use]
pub fn batch_text(batch: u64) -> String {
    format!("{BATCH_WORD}{batch}")
}

/// The first acknowledgement of a trace: where the run takes place, and what it does.
#[must_use]
pub fn plan_text(folder: &Path, plan: &Plan) -> String {
    format!("{PLAN_WORD}{}\n{plan}", folder.display())
}

/// Reads folder and plan from the first acknowledgement of a trace.
///
/// # Errors
/// When it is not the trace of a worker.
pub fn plan_of(mut acknowledgements: impl Iterator<Item = String>) -> Result<(String, Plan)> {
    let first = acknowledgements.next().context("an empty trace")?;
    let Some((folder, plan)) = first.strip_prefix(PLAN_WORD).and_then(|text| text.split_once('\n')) else {
        bail!("not the trace of a worker: it begins with {first}");
    };
    Ok((folder.to_owned(), plan.parse()?))
}

/// The last batch among some acknowledgements; 0 if there is none.
#[must_use]
pub fn last_batch(acknowledgements: impl Iterator<Item = String>) -> u64 {
    acknowledgements.filter_map(|text| text.strip_prefix(BATCH_WORD)?.parse().ok()).last().unwrap_or(0)
}
