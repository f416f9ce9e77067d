//! `simulation --seeds N`: runs seeds, prints what failed with the line that replays it.
//!
//! `--seed X [--trace]` runs one, `ledger --seeds N` goes on with the ledger, `--planted B8 --seeds
//! N` demands that a planted bug is caught (feature `planted`).

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};
use kernel::planted::Bug;
use simulation::{
    Coverage, Fault, Ledger, Report, Smaller, first_of_commit, minimise, regressions, run, sweep,
};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How many failures are made smaller and told.
const FAILURES_SHOWN: usize = 3;

/// From so many seeds on, every fault must have struck everywhere.
const COVERAGE_FROM: u64 = 50_000;

/// Bugs that the simulator catches; the others are power's.
const PLANTED: &[Bug] = &[
    Bug::B1,
    Bug::B3,
    Bug::B4,
    Bug::B5,
    Bug::B6,
    Bug::B7,
    Bug::B8,
    Bug::B9,
    Bug::B10,
    Bug::B11,
    Bug::B12,
    Bug::B13,
    Bug::B14,
    Bug::B15,
    Bug::B16,
    Bug::B17,
    Bug::B18,
    Bug::B19,
    Bug::B20,
    Bug::B21,
];

/// All roles in one thread, in virtual time, with faults from a seed.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    sweep: SweepArguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Goes on with the ledger of large runs, bound to the commit of what is simulated.
    Ledger {
        /// How many seeds shall have been run in all.
        #[arg(long, default_value_t = 50_000)]
        seeds: u64,
        /// Where the ledger is kept.
        #[arg(long, default_value = "tests/simulation/ledger.json")]
        file: PathBuf,
        /// How many threads.
        #[arg(long, default_value_t = 2)]
        threads: usize,
    },
}

#[derive(Debug, Args)]
struct SweepArguments {
    /// How many seeds.
    #[arg(long, default_value_t = 2_000)]
    seeds: u64,
    /// The first seed; where none is named, one that the commit draws, so that runs differ.
    #[arg(long)]
    from: Option<u64>,
    /// How many threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Demands that every fault has struck at every step, however few the seeds.
    #[arg(long)]
    coverage: bool,
    /// Runs this seed alone.
    #[arg(long)]
    seed: Option<u64>,
    /// Prints everything that happens.
    #[arg(long, requires = "seed")]
    trace: bool,
    /// With at most so many orders.
    #[arg(long, requires = "seed")]
    orders: Option<u64>,
    /// Without this fault, such as `F9`.
    #[arg(long, requires = "seed", value_parser = fault)]
    without: Vec<Fault>,
    /// With nothing that is aimed to meet.
    #[arg(long, requires = "seed")]
    without_races: bool,
    /// Plants a bug (`B8`, or `all`), which must then be caught (feature `planted`).
    #[arg(long, conflicts_with = "seed")]
    planted: Option<String>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let is_well = match arguments.command {
        Some(Command::Ledger { seeds, file, threads }) => {
            let mut ledger = Ledger::open(&file)?;
            println!("commit {}, {} seeds so far", ledger.commit, ledger.seeds);
            ledger.run_until(seeds, threads, &file)?;
            print!("{}", ledger.coverage.table());
            for (seed, what) in &ledger.failed {
                println!("seed {seed}: {what}\n  {}", replay(*seed, &Smaller::default()));
            }
            ledger.failed.is_empty() && covers(&ledger.coverage)
        }
        None => match (&arguments.sweep.planted, arguments.sweep.seed) {
            (Some(bugs), _) => run_planted(bugs, &arguments.sweep)?,
            (None, Some(seed)) => run_one(seed, &arguments.sweep),
            (None, None) => run_many(&arguments.sweep)?,
        },
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_one(seed: u64, arguments: &SweepArguments) -> bool {
    let smaller = Smaller {
        orders: arguments.orders,
        without: arguments.without.clone(),
        without_races: arguments.without_races,
    };
    let report = run(seed, &smaller, arguments.trace);
    println!("seed {seed}: {}", report.plan);
    for found in &report.violations {
        println!("{found}");
    }
    println!(
        "ended at {} after {} steps and {} s of virtual time",
        report.digest,
        report.steps,
        report.virtual_millis / 1_000
    );
    report.violations.is_empty()
}

fn run_many(arguments: &SweepArguments) -> Result<bool> {
    let again = run_regressions()?;
    let from = arguments.from.unwrap_or_else(first_of_commit);
    println!(
        "seeds from {from} on; the same again: cargo xtask simulate --from {from} --seeds {}",
        arguments.seeds
    );
    let sweep = sweep(from, from + arguments.seeds, arguments.threads, false);
    print!("{}", sweep.coverage.table());
    sweep.failed.iter().take(FAILURES_SHOWN).for_each(tell);
    println!(
        "{} seeds, {} failed; {} were run twice; {} steps in {} h of virtual time",
        sweep.seeds,
        sweep.failed.len(),
        sweep.twice,
        sweep.steps,
        sweep.virtual_millis / 3_600_000
    );
    let must_cover = arguments.coverage || arguments.seeds >= COVERAGE_FROM;
    Ok(sweep.failed.is_empty() && again && (!must_cover || covers(&sweep.coverage)))
}

fn run_regressions() -> Result<bool> {
    let regressions = regressions().map_err(|line| anyhow::anyhow!("cannot be read: {line}"))?;
    let mut is_well = true;
    for regression in &regressions {
        let report = run(regression.seed, &regression.smaller, false);
        if let Some(found) = report.violations.first() {
            println!("seed {} fails again ({}): {found}", regression.seed, regression.story);
            is_well = false;
        }
    }
    println!("{} seeds that have failed once", regressions.len());
    Ok(is_well)
}

/// Tells a failure, made as small as is found quickly, with the line that replays it.
fn tell(failed: &Report) {
    let (smaller, report) = minimise(failed);
    println!("seed {}: {}", failed.seed, failed.plan);
    for found in &report.violations {
        println!("  {found}");
    }
    println!("  {}", replay(failed.seed, &smaller));
}

fn replay(seed: u64, smaller: &Smaller) -> String {
    format!("cargo xtask simulate --seed {seed}{smaller} --trace")
}

fn covers(coverage: &Coverage) -> bool {
    let gaps = coverage.gaps();
    for gap in &gaps {
        println!("{gap}");
    }
    gaps.is_empty()
}

fn run_planted(bugs: &str, arguments: &SweepArguments) -> Result<bool> {
    let chosen: Vec<Bug> = match bugs {
        "all" => PLANTED.to_vec(),
        one => match Bug::parse(one).filter(|bug| PLANTED.contains(bug)) {
            Some(bug) => vec![bug],
            None => bail!("the simulator has no planted bug {one}; it has {PLANTED:?}"),
        },
    };
    let mut all_caught = true;
    for bug in chosen {
        let caught = plant_and_run(bug, arguments)?;
        all_caught &= caught.is_some();
        match caught {
            Some(how) => println!("{bug:?} ({}): caught, {how}", bug.what()),
            None => println!("{bug:?} ({}): not caught", bug.what()),
        }
    }
    Ok(all_caught)
}

/// How a planted bug was caught, where it was.
#[cfg(feature = "planted")]
fn plant_and_run(bug: Bug, arguments: &SweepArguments) -> Result<Option<String>> {
    kernel::planted::plant(Some(bug));
    let caught = if bug == Bug::B17 {
        simulation::bell_model::lost_wake_up().map(|what| what.lines().next().unwrap_or("").to_owned())
    } else {
        // The pinned range: whether a bug is caught must not depend on the commit.
        let from = arguments.from.unwrap_or(0);
        let sweep = sweep(from, from + arguments.seeds, arguments.threads, true);
        sweep.failed.first().map(|report| {
            let found = report.violations.first().map(ToString::to_string);
            format!("seed {}, {}", report.seed, found.unwrap_or_default())
        })
    };
    kernel::planted::plant(None);
    Ok(caught)
}

#[cfg(not(feature = "planted"))]
fn plant_and_run(bug: Bug, _: &SweepArguments) -> Result<Option<String>> {
    bail!("{bug:?} can be planted in a build with the feature `planted` only")
}

fn fault(text: &str) -> Result<Fault, String> {
    Fault::parse(text).ok_or_else(|| format!("expected one of {:?}", Fault::ALL))
}
