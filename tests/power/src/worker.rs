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

/// The words in front of a plan in the trace.
pub const PLAN_WORD: &str = "plan ";

/// The words in front of a batch's number in the trace.
pub const BATCH_WORD: &str = "batch ";

/// Runs a plan in `folder`; acknowledgements go to `trace`. Returns the exit code.
///
/// # Errors
/// When something else fails than the store.
pub fn run(plan: &Plan, folder: &Path, trace: &Path) -> Result<u8> {
    let mut log = AcknowledgementLog::open(trace)?;
    log.acknowledge(&format!("{PLAN_WORD}{}\n{plan}", folder.display()))?;
    let outcome = match plan.exercise {
        Exercise::Ordinary | Exercise::Steady => work(plan, folder, &mut log),
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
    for step in script.after(0) {
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
    log.acknowledge(&format!("{BATCH_WORD}{}", step.batch))
}

/// Reads folder and plan from the first acknowledgement of a trace.
///
/// # Errors
/// When it is not the trace of a worker.
pub fn plan_of(mut acknowledgements: impl Iterator<Item = String>) -> Result<(String, Plan)> {
    let first = acknowledgements.next().context("an empty trace")?;
    let Some((folder, plan)) = first
        .strip_prefix(PLAN_WORD)
        .and_then(|text| text.split_once('\n'))
    else {
        bail!("not the trace of a worker: it begins with {first}");
    };
    Ok((folder.to_owned(), plan.parse()?))
}

/// The last batch among some acknowledgements; 0 if there is none.
#[must_use]
pub fn last_batch(acknowledgements: impl Iterator<Item = String>) -> u64 {
    acknowledgements
        .filter_map(|text| text.strip_prefix(BATCH_WORD)?.parse().ok())
        .last()
        .unwrap_or(0)
}
