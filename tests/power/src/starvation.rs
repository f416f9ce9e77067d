//! F8: a reader holds its transaction, so that the log cannot be reset. The writer must go on up
//! to its cap, then shed, and the log must be reset once the reader has gone.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use rusqlite::Connection;

use crate::check::{Promise, Violation};
use crate::plan::Plan;
use crate::recording::Recording;
use crate::script::{Script, Step};
use crate::subject::Subject;
use crate::trace::AcknowledgementLog;
use crate::worker::{EXIT_DONE, commit_and_acknowledge};

/// So many rounds of idleness, of ten milliseconds each, until shedding must have ended.
const IDLE_ROUNDS_MAX: u32 = 500;

/// Words in front of what the worker saw of the log; read again by the harness.
pub const LOG_WORD: &str = "log ";

/// The worker's part: a third of the batches as usual, a third against a stuck reader (until the
/// store sheds), the rest after the reader has gone.
///
/// # Errors
/// When the store fails.
pub fn work(plan: &Plan, folder: &Path, log: &mut AcknowledgementLog) -> Result<()> {
    let script = Script::new(plan.seed, plan.batches);
    let steps = script.after(0);
    let (before, rest) = steps.split_at(steps.len() / 3);
    let mut subject = plan.subject.open(folder)?;
    for step in before {
        commit(subject.as_mut(), step, log)?;
    }
    let database = plan.subject.database_file(folder);
    let reader = Connection::open(&database).context("the reader")?;
    reader.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;")?;
    let mut rest = rest.iter();
    for step in rest.by_ref().take(steps.len() / 2) {
        commit(subject.as_mut(), step, log)?;
        if subject.must_shed() {
            log.acknowledge(&format!("{LOG_WORD}sheds"))?;
            break;
        }
    }
    // Shedding refuses new orders; what has begun goes on.
    for step in rest.by_ref().take(3) {
        commit(subject.as_mut(), step, log)?;
    }
    let stuck = beginning_of_log(&database)?;
    reader.execute_batch("COMMIT")?;
    drop(reader);
    for step in rest {
        commit(subject.as_mut(), step, log)?;
    }
    if beginning_of_log(&database)? != stuck {
        log.acknowledge(&format!("{LOG_WORD}reset"))?;
    }
    if !stops_shedding(subject.as_mut())? {
        log.acknowledge(&format!("{LOG_WORD}still sheds"))?;
    }
    Ok(())
}

/// The store is idle now and tidies up, as the runtime lets it; a thread of its own may be busy with
/// the log for a moment.
fn stops_shedding(subject: &mut dyn Subject) -> Result<bool> {
    for _ in 0..IDLE_ROUNDS_MAX {
        if !subject.must_shed() {
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(10));
        subject.tidy_up()?;
    }
    Ok(false)
}

fn commit(subject: &mut dyn Subject, step: &Step, log: &mut AcknowledgementLog) -> Result<()> {
    commit_and_acknowledge(subject, step, log)?;
    Ok(subject.tidy_up()?)
}

/// The log's header: its salts change when the log begins anew.
fn beginning_of_log(database: &Path) -> Result<Vec<u8>> {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    let mut bytes = std::fs::read(&name).context("the log")?;
    bytes.truncate(32);
    Ok(bytes)
}

/// The harness's part: what the run must have shown.
///
/// # Errors
/// [`Promise::I27`] if the log was not reset after the reader had gone, or the store never shed, or
/// sheds still; [`Promise::GoesOn`] if it did not come that far.
pub fn judge(recording: &Recording) -> Result<(), Violation> {
    let records = recording.trace.records();
    if recording.exit_code != i32::from(EXIT_DONE) {
        return Err(Violation::new(Promise::GoesOn, recording.said.trim()));
    }
    let said: Vec<String> = recording
        .trace
        .acknowledgements(records.len())
        .filter_map(|text| text.strip_prefix(LOG_WORD).map(str::to_owned))
        .collect();
    let has_said = |word: &str| said.iter().any(|text| text == word);
    if !has_said("reset") {
        return Err(Violation::new(Promise::I27, "the log was not reset after the reader had gone"));
    }
    if recording.plan.subject.sheds() && !has_said("sheds") {
        return Err(Violation::new(Promise::I27, "the store never shed while the log could not be reset"));
    }
    if has_said("still sheds") {
        return Err(Violation::new(Promise::I27, "the store sheds although no reader is in the way"));
    }
    Ok(())
}
