//! `jumun load`: puts orders to a running program and counts what came of every one of them.
//!
//! Open loop (the default): orders are sent at a constant rate whatever the program does, and each
//! is timed from the moment it was meant to be sent, so that a program that stalls is not spared
//! the orders it kept waiting. Closed loop (`--closed`): each connection sends its next order when
//! the last was answered, which finds the capacity. Either way every acknowledgement is kept here,
//! and at the end held against what the program then says. To add a kind of order: `load/mix.rs`.

mod acknowledgements;
mod driver;
mod mix;
mod reconcile;
mod report;
mod tally;
mod target;
mod wishes;

use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use self::acknowledgements::AckLog;
use self::driver::{Driver, Loop};
use self::mix::Mix;
use self::report::Report;
use self::target::Target;
use self::wishes::Wishes;

/// The flags of `jumun load`.
#[derive(Debug, Clone, Args)]
pub(crate) struct LoadFlags {
    /// Where the program is.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8088")]
    url: String,
    /// The shop that is ordered at; the first one that is open where none is named.
    #[arg(long, value_name = "KEY")]
    shop: Option<String>,
    /// Orders per second, in an open loop.
    #[arg(long, value_name = "N", default_value_t = 100.0)]
    rate: f64,
    /// How long orders are sent.
    #[arg(long, value_name = "S", default_value_t = 10.0)]
    seconds: f64,
    /// How many connections are kept.
    #[arg(long, value_name = "N", default_value_t = 64)]
    connections: usize,
    /// Sends the next order when the last was answered, on every connection: the rate is found.
    #[arg(long)]
    closed: bool,
    /// What the first seconds bring is counted, but not timed.
    #[arg(long, value_name = "S", default_value_t = 0.0)]
    warm_up: f64,
    /// Percent of orders that are to fare otherwise: `declined=10,cancelled=10,short=5`.
    #[arg(long, value_name = "MIX", default_value = "")]
    mix: Mix,
    /// What is ordered is drawn from this.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Every acknowledgement is written here, a JSON object a line.
    #[arg(long, value_name = "FILE")]
    acks: Option<PathBuf>,
    /// How long to ask again for what was not answered.
    #[arg(long, value_name = "S", default_value_t = 60.0)]
    patience: f64,
    /// Prints one JSON object instead of the table.
    #[arg(long)]
    json: bool,
}

/// Loads, reconciles, prints; fails when anything is lost, doubled or wrong.
pub(crate) fn run(flags: &LoadFlags) -> Result<ExitCode> {
    check(flags)?;
    // One thread: a load that takes two of two cores measures itself.
    let threads = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = tokio::task::LocalSet::new().block_on(&threads, load(flags))?;
    if flags.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{report}");
    }
    Ok(if report.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(flags: &LoadFlags) -> Result<()> {
    for (flag, value) in
        [("--rate", flags.rate), ("--seconds", flags.seconds), ("--patience", flags.patience)]
    {
        if !(value.is_finite() && value > 0.0) {
            bail!("{flag} is {value}, expected more than nothing");
        }
    }
    if !(flags.warm_up.is_finite() && (0.0..flags.seconds).contains(&flags.warm_up)) {
        bail!(
            "--warm-up is {}, expected less than the {} seconds of --seconds",
            flags.warm_up,
            flags.seconds
        );
    }
    if flags.connections == 0 {
        bail!("--connections is 0, expected at least one");
    }
    Ok(())
}

async fn load(flags: &LoadFlags) -> Result<Report> {
    let target = Target::find(&flags.url, flags.shop.as_deref()).await?;
    let run = run_name();
    let wishes = Wishes::new(run.clone(), target.items().await?, flags.mix, flags.seed)?;
    let before = reconcile::newest_number(&target).await?;
    let acks = AckLog::create(flags.acks.as_deref())?;
    let warm_up = Duration::from_secs_f64(flags.warm_up);
    let driver = Rc::new(Driver::new(target, wishes, acks, warm_up));
    let how = if flags.closed { Loop::Closed } else { Loop::Open { per_second: flags.rate } };
    let took = driver.drive(how, Duration::from_secs_f64(flags.seconds), flags.connections).await;
    driver.settle(Duration::from_secs_f64(flags.patience), flags.connections).await;
    let (tally, acks) = driver.finish()?;
    let findings = reconcile::reconcile(&driver.target, &driver.wishes, before, &tally, &acks).await?;
    Ok(Report::of(run, &driver.target, how, took, &tally, &findings))
}

/// Names this run: its keys are nobody else's.
fn run_name() -> String {
    use rand::TryRngCore;
    let mut bytes = [0; 4];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).unwrap_or_default();
    format!("{:08x}", u32::from_be_bytes(bytes) ^ std::process::id())
}
