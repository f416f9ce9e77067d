//! `power --states N`: records the worker, replays power cuts, prints the table and the verdict.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};
use power::campaign::Campaign;
use power::case::{Blow, Case, Finding};
use power::check::Violation;
use power::controls::Control;
use power::loss::Loss;
use power::plan::Plan;
use power::program;
use power::program_run::{self, ProgramRecording};
use power::recording::{Recorder, Recording};
use power::report::{self, Failure, Report};
use power::subject::SubjectKind;
use power::worker;

/// How many failures are told; more of them rarely tell more.
const FAILURES_SHOWN: usize = 12;

/// How many states of the whole program are judged at most: each starts it, and takes a second.
const PROGRAM_STATES_MAX: u64 = 100;

/// Power loss and damage, replayed on the real SQLite code.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: RunArguments,
}

#[derive(Debug, Args)]
struct RunArguments {
    /// How many states to judge.
    #[arg(long, default_value_t = 200)]
    states: u64,
    /// The seed of everything that is drawn.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the traces of failures are kept.
    #[arg(long, default_value = "target/power")]
    trace_dir: PathBuf,
    /// Which store: the shipped one, or one of the harness's own.
    #[arg(long, default_value = "journal")]
    subject: SubjectKind,
    /// Judges one state of a kept trace again.
    #[arg(long, requires = "case")]
    replay: Option<PathBuf>,
    /// Which state of the kept trace.
    #[arg(long, requires = "replay")]
    case: Option<Case>,
    /// With a replay: writes the state's files here, to be looked at, and judges nothing.
    #[arg(long, requires = "replay")]
    unpack: Option<PathBuf>,
    /// Plants a bug in the recorded program, which must then be caught (feature `planted`).
    #[arg(long)]
    planted: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The recorded program; started by the harness.
    #[command(hide = true)]
    Worker {
        #[arg(long)]
        plan: Plan,
        #[arg(long)]
        folder: PathBuf,
        #[arg(long)]
        trace: PathBuf,
        #[arg(long)]
        planted: Option<String>,
    },
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    match arguments.command {
        Some(Command::Worker { plan, folder, trace, planted }) => {
            plant(planted.as_deref())?;
            Ok(worker::run(&plan, &folder, &trace)?.into())
        }
        None => run(&arguments.run),
    }
}

fn run(arguments: &RunArguments) -> Result<ExitCode> {
    if let (Some(trace), Some(case)) = (&arguments.replay, &arguments.case) {
        return match &arguments.unpack {
            Some(folder) => unpack(trace, case, folder),
            None => replay(trace, case),
        };
    }
    match &arguments.planted {
        Some(bug) => catch(arguments, bug),
        None => judge(arguments),
    }
}

fn campaign(arguments: &RunArguments) -> Campaign {
    Campaign {
        subject: arguments.subject,
        states: arguments.states,
        seed: arguments.seed,
        trace_folder: arguments.trace_dir.clone(),
        ends_at_first_failure: arguments.planted.is_some(),
    }
}

#[expect(clippy::disallowed_methods, reason = "a harness that times a run")]
fn judge(arguments: &RunArguments) -> Result<ExitCode> {
    let started = Instant::now();
    let recorder = Recorder::beside_this_program()?;
    let program = program::build()?;
    let campaign = campaign(arguments);
    println!("power: {} states of {}, seed {}", campaign.states, campaign.subject.name(), campaign.seed);
    let mut is_sound = true;
    for control in Control::all(campaign.subject) {
        let verdict = control.run(&recorder, campaign.seed)?;
        let word = if verdict.is_right { "as it must" } else { "WRONG, the harness is broken" };
        println!("control: {}: {word}: {}", control.name, verdict.text);
        is_sound &= verdict.is_right;
    }
    let mut report = campaign.run(&recorder)?;
    judge_program(&campaign, &recorder, &program, &mut report)?;
    println!("{}\n{report}", report::HEAD);
    for failure in report.failures.iter().take(FAILURES_SHOWN) {
        println!("broken: {failure}");
    }
    if report.failures.len() > FAILURES_SHOWN {
        println!("and {} more", report.failures.len() - FAILURES_SHOWN);
    }
    is_sound &= report.failures.is_empty();
    println!(
        "power: {}: {} states of {} recorded runs with {} acknowledged batches in {:.1} s",
        if is_sound { "all promises kept" } else { "FAILED" },
        report.sum().total(),
        report.recordings,
        report.acknowledged,
        started.elapsed().as_secs_f64()
    );
    Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The same under the shipped program: a state of it takes much longer, so there are fewer.
fn judge_program(
    campaign: &Campaign,
    recorder: &Recorder,
    program: &Path,
    report: &mut Report,
) -> Result<()> {
    let states = (campaign.states / 50).min(PROGRAM_STATES_MAX);
    let mut tell = |recording: &ProgramRecording, loss: Loss, seed: u64, verdict: Result<(), Violation>| {
        let finding = verdict.map(|()| Finding::Kept);
        report.note(program_run::STATE_NAME, &finding);
        if let Err(violation) = finding {
            let trace = program_run::keep(recording, &campaign.trace_folder, seed)?;
            let case = Some(Case { blow: Blow::Loss(loss), seed });
            let run = "jumun serve".to_owned();
            report.failures.push(Failure { kind: program_run::STATE_NAME, violation, trace, case, run });
        }
        Ok(())
    };
    program_run::judge_states(recorder, program, states, campaign.seed, &mut tell)
}

fn replay_program(trace: &Path, case: &Case) -> Result<ExitCode> {
    let recording = ProgramRecording::read(trace)?;
    let Blow::Loss(loss) = case.blow else { bail!("the program is not damaged, only cut") };
    match recording.judge(loss, case.seed, &program::build()?)? {
        Ok(()) => {
            println!("all promises kept");
            Ok(ExitCode::SUCCESS)
        }
        Err(violation) => {
            println!("broken: {violation}");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn unpack(trace: &Path, case: &Case, folder: &Path) -> Result<ExitCode> {
    let (trace, recorded) = match ProgramRecording::read(trace) {
        Ok(recording) => (recording.trace, recording.folder),
        Err(_) => Recording::read(trace).map(|recording| (recording.trace, recording.folder))?,
    };
    let (image, cut) = case.cut(&trace, &recorded)?;
    image.write_to(folder)?;
    println!("the state of {case}, cut at record {cut}, lies in {}", folder.display());
    Ok(ExitCode::SUCCESS)
}

fn replay(trace: &Path, case: &Case) -> Result<ExitCode> {
    if ProgramRecording::read(trace).is_ok() {
        return replay_program(trace, case);
    }
    let recording = Recording::read(trace)?;
    println!("replaying {case} of {} ({})", trace.display(), recording.plan);
    match case.judge(&recording, &recording.plan.script())? {
        Ok(finding) => {
            println!("all promises kept: {finding:?}");
            Ok(ExitCode::SUCCESS)
        }
        Err(violation) => {
            println!("broken: {violation}");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Runs until the planted bug is caught; not to catch it is the failure.
fn catch(arguments: &RunArguments, bug: &str) -> Result<ExitCode> {
    plant(Some(bug))?;
    plant(None)?;
    let mut recorder = Recorder::beside_this_program()?;
    recorder.planted = Some(bug.to_owned());
    let report = campaign(arguments).run(&recorder)?;
    match report.failures.first() {
        Some(failure) => {
            println!("{bug} caught within {} states: {failure}", report.sum().total());
            Ok(ExitCode::SUCCESS)
        }
        None => {
            println!("{bug} NOT caught in {} states", report.sum().total());
            Ok(ExitCode::FAILURE)
        }
    }
}

#[cfg(feature = "planted")]
fn plant(bug: Option<&str>) -> Result<()> {
    use kernel::planted::Bug;
    match bug.map(Bug::parse) {
        Some(None) => bail!("no such bug; known are B1 to B24"),
        Some(planted) => kernel::planted::plant(planted),
        None => kernel::planted::plant(None),
    }
    Ok(())
}

#[cfg(not(feature = "planted"))]
fn plant(bug: Option<&str>) -> Result<()> {
    match bug {
        Some(bug) => bail!("planting {bug} needs a build with --features planted"),
        None => Ok(()),
    }
}
