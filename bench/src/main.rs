//! Speed, side by side with a bare echo in one run: `cargo xtask bench`.
//!
//! Absolute numbers say little on a machine that is shared, so every figure is a ratio between two
//! things measured in turns in the same run, or processor time per order, or a size. The yardsticks
//! are a bare echo (Y1, `echo.rs`), raw inserts into SQLite (Y2, `store/`; once more on a disk whose syncs
//! are held up, `slow_disk.rs`) and the cost of a sync (Y3, `sync_cost.rs`). After every segment what was acknowledged is counted against what is
//! stored and completed; one difference, or one answer that is no success, and the run is red.
//!
//! To add a figure: a row in `figures.rs`, and the part of `measure/` that records it under the
//! same name. `measure/mod.rs` says in which order all is measured. What the door does when payment
//! is slow and too many come is measured apart: `bench siege`, `siege/`.

mod answers;
mod arguments;
mod clock;
mod echo;
mod figures;
mod load;
mod machine;
mod measure;
mod process;
mod readings;
mod report;
mod request;
mod section;
mod server;
mod siege;
mod slow_disk;
mod statistics;
mod steady;
mod store;
mod stream;
mod sync_cost;
mod wire;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;

use crate::arguments::{Arguments, Mode};
use crate::figures::{FIGURES, Figure};
use crate::machine::Machine;
use crate::measure::Bench;
use crate::readings::Readings;
use crate::server::Program;

/// The one of the program under test: the echo has it too.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    match arguments.mode {
        Some(Mode::Echo) => {
            echo::serve()?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(Mode::Raw { folder, seconds }) => {
            println!("{}", store::raw_inserts_per_second(&folder, Duration::try_from_secs_f64(seconds)?)?);
            return Ok(ExitCode::SUCCESS);
        }
        Some(Mode::Siege(siege)) => return siege::run(siege),
        None => {}
    }
    let mut bench = prepare(arguments)?;
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = client.block_on(bench.run());
    let machine = Machine::look(&bench.folder);
    report(&bench, &machine)?;
    fs::remove_dir_all(&bench.folder)?;
    outcome?;
    Ok(judge(&bench.readings, FIGURES))
}

fn prepare(arguments: Arguments) -> Result<Bench> {
    let program = Program { binary: program(arguments.binary.as_deref())?, shops: measured_shops() };
    let folder = folder(arguments.data.as_deref(), &program)?;
    let sizes = arguments.sizes();
    Ok(Bench { arguments, sizes, program, folder, readings: Readings::default() })
}

/// The program that is measured: the named one, or the one beside this one.
fn program(named: Option<&Path>) -> Result<PathBuf> {
    let beside = std::env::current_exe()?.with_file_name("jumun");
    let binary = named.map_or(beside, Path::to_owned);
    if !binary.is_file() {
        bail!("there is no program at {}: cargo build --release, or --binary", binary.display());
    }
    Ok(binary)
}

fn measured_shops() -> Vec<PathBuf> {
    ["bench", "counter"].map(|shop| home().join("shops").join(shop).with_extension("toml")).to_vec()
}

/// Where stores are kept while measuring.
fn folder(named: Option<&Path>, program: &Program) -> Result<PathBuf> {
    let folder = match named {
        Some(folder) => folder.to_owned(),
        None => program.binary.with_file_name("bench-data"),
    }
    .join(std::process::id().to_string());
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    Ok(folder)
}

/// The folder of this package.
fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn report(bench: &Bench, machine: &Machine) -> Result<()> {
    let complete = bench.arguments.is_complete().then(|| home().join("RESULTS.md"));
    let path: Option<PathBuf> = bench.arguments.results.clone().or(complete);
    let former = path.as_ref().and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
    let page = report::page(&bench.readings, machine, &bench.sizes, &clock::date(), &former);
    println!("{page}");
    if let Some(path) = path {
        fs::write(&path, page).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

/// Well when the checks are green, every answer was a success and no floor is missed.
fn judge(readings: &Readings, figures: &'static [Figure]) -> ExitCode {
    for broken in &readings.broken {
        eprintln!("bench: broken: {broken}");
    }
    let missed = readings.missed_floors(figures);
    for figure in &missed {
        eprintln!("bench: {} is below its floor", figure.name);
    }
    if !readings.failures.is_empty() {
        eprintln!("bench: answers that were no success, by status: {:?}", readings.failures);
    }
    let well = readings.broken.is_empty() && readings.failures.is_empty();
    if well && missed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
