//! Power cuts under the shipped program itself: all roles, each with its journal, in one process.
//!
//! A power cut takes every journal at the same moment, so this is where a promise between two of
//! them would break: an event that a neighbour has applied but its own journal has lost, a payment
//! without its order. A client places orders one after the other in each of the shops, takes them some
//! way along their lives and writes each answer into the trace; what was answered must be there afterwards, under its id and under its key, and the
//! shops must go on.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::check::{Promise, Violation};
use crate::cut;
use crate::loss::Loss;
use crate::program::{self, Answer, Program};
use crate::recording::{Recorder, scratch_folder};
use crate::trace::{AcknowledgementLog, Trace};
use crate::wish::{LOOK_EVERY, LOOKS_MAX, Promised, Wish};

/// The kind of state, in the report.
pub const STATE_NAME: &str = "F3 the whole program";

/// In front of the recorded folder in the trace.
const PROGRAM_WORD: &str = "program ";

/// In front of an order's number and id in the trace.
const ORDER_WORD: &str = "order ";

/// In front of what an answer has promised, in the trace.
const PROMISED_WORD: &str = "promised ";

/// How many orders the client places while the program is recorded.
const ORDERS: u64 = 25;

/// How many new orders must be taken after recovery.
const ORDERS_AFTER_RECOVERY: u64 = 20;

/// A recorded run of the program.
#[derive(Debug)]
pub struct ProgramRecording {
    /// What happened.
    pub trace: Trace,
    /// The folder that was recorded, by the name that the trace uses.
    pub folder: String,
}

impl ProgramRecording {
    /// Starts the program with the recorder under it, places orders and kills it.
    ///
    /// # Errors
    /// When it does not open, or does not take the orders.
    pub fn record(recorder: &Recorder, program: &Path) -> Result<Self> {
        let place = scratch_folder()?;
        let data = place.path().join("data");
        std::fs::create_dir(&data)?;
        let data = data.canonicalize()?;
        let trace = place.path().join("trace");
        let mut log = AcknowledgementLog::open(&trace)?;
        log.acknowledge(&format!("{PROGRAM_WORD}{}", data.display()))?;
        let environment: [(&str, &Path); 3] =
            [("LD_PRELOAD", recorder.library()), ("POWER_FOLDER", &data), ("POWER_TRACE", &trace)];
        let running = Program::start(program, &data, &environment)?;
        receive_cups(&running)?;
        for number in 1..=ORDERS {
            let wish = Wish(number);
            if let Some(promised) = wish.prepare(&running)? {
                log.acknowledge(&format!("{PROMISED_WORD}{promised}"))?;
            }
            let answer = wish.place(&running)?;
            let id = answer.field("id").with_context(|| format!("order {number} was answered {answer:?}"))?;
            log.acknowledge(&format!("{ORDER_WORD}{number} {id}"))?;
            let tell = |promised: &Promised| log.acknowledge(&format!("{PROMISED_WORD}{promised}"));
            wish.go_on(&running, &id, tell).with_context(|| format!("order {number}"))?;
        }
        drop(running);
        Self::read(&trace)
    }

    /// Reads a kept trace.
    ///
    /// # Errors
    /// When it is not the trace of the program.
    pub fn read(trace: &Path) -> Result<Self> {
        let trace = Trace::read(trace)?;
        let first = trace.acknowledgements(trace.records().len()).next().context("an empty trace")?;
        let folder = first.strip_prefix(PROGRAM_WORD).context("not the trace of the program")?.to_owned();
        Ok(Self { trace, folder })
    }

    /// Makes a state, opens it with the program and judges it.
    ///
    /// # Errors
    /// When the state cannot be made; a broken promise is the inner error.
    pub fn judge(&self, loss: Loss, seed: u64, program: &Path) -> Result<Result<(), Violation>> {
        let mut chance = StdRng::seed_from_u64(seed);
        let (image, cut) = cut::power(&self.trace, &self.folder, loss, &mut chance)?;
        let place = scratch_folder()?;
        let data = place.path().join("data");
        image.write_to(&data)?;
        let promised = self.trace.acknowledgements(cut).filter_map(|text| promised(&text));
        let answered = Answered {
            orders: self.trace.acknowledgements(cut).filter_map(|text| order(&text)).collect(),
            promised: promised.collect(),
        };
        let verdict = after_power_cut(program, &data, &answered);
        Ok(verdict.map_err(|it| Violation { detail: format!("{} (cut at record {cut})", it.detail), ..it }))
    }
}

/// What clients had been answered before the power cut.
#[derive(Debug)]
struct Answered {
    /// Numbers and ids.
    orders: Vec<(u64, String)>,
    promised: Vec<Promised>,
}

fn order(text: &str) -> Option<(u64, String)> {
    let (number, id) = text.strip_prefix(ORDER_WORD)?.split_once(' ')?;
    Some((number.parse().ok()?, id.to_owned()))
}

fn promised(text: &str) -> Option<Promised> {
    text.strip_prefix(PROMISED_WORD)?.parse().ok()
}

/// Enough cups for some of the orders, not for all.
fn receive_cups(program: &Program) -> Result<Answer> {
    program.post("staff:kim", "/v1/shops/kiosk/stock/cup/receipts", "cups", r#"{"quantity":20}"#)
}

fn goes_on(error: anyhow::Error) -> Violation {
    Violation::new(Promise::GoesOn, format!("{error:#}"))
}

fn after_power_cut(program: &Path, data: &Path, answered: &Answered) -> Result<(), Violation> {
    let running = Program::start(program, data, &[]).map_err(goes_on)?;
    for (number, id) in &answered.orders {
        let found = running.get(&Wish(*number).path(id)).map_err(goes_on)?;
        if found.status != 200 {
            return Err(Violation::new(Promise::I19, format!("order {number} was answered, now {found:?}")));
        }
    }
    for promised in &answered.promised {
        if !promised.is_kept(&running).map_err(goes_on)? {
            let now = running.get(&promised.path).map_err(goes_on)?;
            return Err(Violation::new(Promise::I19, format!("{promised} was answered, now {now:?}")));
        }
    }
    send_last_again(&running, &answered.orders)?;
    let mut story = None;
    for number in 1_000..1_000 + ORDERS_AFTER_RECOVERY {
        Wish(number).prepare(&running).map_err(goes_on)?;
        let answer = Wish(number).place(&running).map_err(goes_on)?;
        let Some(id) = answer.field("id").filter(|_| answer.status == 201) else {
            return Err(Violation::new(Promise::GoesOn, format!("a new order was answered {answer:?}")));
        };
        story = Some(format!("{}/story", Wish(number).path(&id)));
    }
    if let Some(story) = story {
        story_is_told(&running, &story)?;
    }
    invariants_hold(program, data)?;
    let held = running.held(data).map_err(goes_on)?;
    if let Some(beyond) = held.beyond().into_iter().next() {
        return Err(Violation::new(Promise::I27, beyond));
    }
    drop(running);
    invariants_hold(program, data)
}

/// The last answered order and the one that was perhaps under way, under their keys: one key, one
/// order.
fn send_last_again(running: &Program, orders: &[(u64, String)]) -> Result<(), Violation> {
    let last = orders.len() as u64;
    for number in last.max(1)..=last + 1 {
        let again = Wish(number).place(running).map_err(goes_on)?;
        let expected = orders.iter().find(|(answered, _)| *answered == number).map(|(_, id)| id.clone());
        if expected.is_some() && again.field("id") != expected {
            return Err(Violation::new(Promise::I7, format!("order {number} sent again: {again:?}")));
        }
    }
    Ok(())
}

/// What `jumun verify` reads in the stores; it may take a moment until nothing is under way.
fn invariants_hold(program: &Path, data: &Path) -> Result<(), Violation> {
    let mut said = String::new();
    for _ in 0..LOOKS_MAX {
        let output = program::verify(program, data).map_err(goes_on)?;
        if output.status.success() {
            return Ok(());
        }
        said =
            String::from_utf8_lossy(&output.stdout).lines().filter(|line| !line.starts_with("ok ")).collect();
        std::thread::sleep(LOOK_EVERY);
    }
    Err(Violation::new(Promise::Verified, said))
}

/// The last new order is told by another role: the journals follow one another again.
fn story_is_told(running: &Program, story: &str) -> Result<(), Violation> {
    for _ in 0..LOOKS_MAX {
        if running.get(story).is_ok_and(|answer| answer.status == 200) {
            return Ok(());
        }
        std::thread::sleep(LOOK_EVERY);
    }
    Err(Violation::new(Promise::GoesOn, format!("nothing is told under {story}")))
}

/// Draws `states` states from recordings of the program, and tells each judgement.
///
/// # Errors
/// When a run or a state cannot be made.
pub fn judge_states(
    recorder: &Recorder,
    program: &Path,
    states: u64,
    seed: u64,
    mut tell: impl FnMut(&ProgramRecording, Loss, u64, Result<(), Violation>) -> Result<()>,
) -> Result<()> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut recording = None;
    for state in 0..states {
        if state % STATES_PER_RECORDING == 0 {
            recording = Some(ProgramRecording::record(recorder, program)?);
        }
        let Some(recording) = &recording else { continue };
        let (loss, seed) = (Loss::ALL[state as usize % Loss::ALL.len()], chance.random());
        let verdict = recording.judge(loss, seed, program)?;
        tell(recording, loss, seed, verdict)?;
    }
    Ok(())
}

/// How many states are drawn from one recording.
const STATES_PER_RECORDING: u64 = 20;

/// Where a failing run of the program is kept.
///
/// # Errors
/// When it cannot be written.
pub fn keep(recording: &ProgramRecording, folder: &Path, seed: u64) -> Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(format!("program-{seed}.trace"));
    std::fs::write(&path, recording.trace.bytes()).context("keeping the trace")?;
    Ok(path)
}
