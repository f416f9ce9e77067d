//! `crash --cycles N`: kills the real program N times, and says what is left.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;
use crash::bounds::Held;
use crash::house::{House, Kills, Remains};
use crash::memory::Memory;
use tokio::time::Instant;

/// Violations that are told; more of them rarely tell more.
const SHOWN: usize = 20;

/// Kills of the real program under load.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many times the program is started, served from and killed.
    #[arg(long, default_value_t = 100)]
    cycles: u64,
    /// The seed of everything that is drawn.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// After so many cycles a folder is judged, and the next one begun.
    #[arg(long, default_value_t = 100)]
    cycles_per_folder: u64,
    /// The cycle to begin with.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// The program; the one beside this harness where none is named.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Keeps the data folders here, whatever comes out.
    #[arg(long)]
    keep: Option<PathBuf>,
}

/// Everything so far.
#[derive(Default)]
struct Total {
    memory: Memory,
    kills: Kills,
    steps: usize,
    legs: usize,
    paid_in: usize,
    held: Held,
    orders: u64,
    folders: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("crash: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<bool> {
    if arguments.cycles == 0 || arguments.cycles_per_folder == 0 {
        bail!("0 cycles would test nothing");
    }
    let binary = arguments.binary.clone().map_or_else(built_beside, Ok)?;
    let began = Instant::now();
    let mut total = Total::default();
    let end = arguments.from + arguments.cycles;
    let mut first = arguments.from;
    while first < end {
        let last = (first + arguments.cycles_per_folder).min(end);
        let temporary = tempfile::Builder::new().prefix("crash-").tempdir()?;
        let folder = match &arguments.keep {
            Some(keep) => keep.join(format!("cycles-{first}-{last}")),
            None => temporary.path().to_owned(),
        };
        let remains = one_folder(&folder, &binary, arguments.seed, first..last).await;
        let violations = match remains {
            Ok(remains) => total.add(remains),
            Err(error) => vec![format!("{error:#}")],
        };
        if !violations.is_empty() {
            let folder = if arguments.keep.is_none() { temporary.keep() } else { folder };
            tell(&violations, &folder, arguments.seed, first, last);
            return Ok(false);
        }
        if last < end {
            println!("cycles {first} to {last} are well, {:.0} s", began.elapsed().as_secs_f64());
        }
        first = last;
    }
    total.tell(arguments, began.elapsed().as_secs_f64());
    Ok(true)
}

async fn one_folder(
    folder: &Path,
    binary: &Path,
    seed: u64,
    cycles: std::ops::Range<u64>,
) -> Result<Remains> {
    let mut house = House::open(folder, binary.to_owned(), seed)?;
    for cycle in cycles {
        house.cycle(cycle).await.with_context(|| format!("in cycle {cycle}"))?;
    }
    house.close().await.context("in the end")
}

/// The program that was built with this harness.
fn built_beside() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let beside = own.parent().context("this harness is nowhere")?;
    let program = beside.join("jumun").with_extension(std::env::consts::EXE_EXTENSION);
    if !program.is_file() {
        bail!("there is no program {}: cargo build -p jumun", program.display());
    }
    Ok(program)
}

fn tell(violations: &[String], folder: &Path, seed: u64, first: u64, last: u64) {
    println!("{} violations in cycles {first} to {last}:", violations.len());
    for violation in violations.iter().take(SHOWN) {
        println!("  {violation}");
    }
    println!("what is left is in {}", folder.display());
    println!("again: cargo xtask crash --cycles {} --seed {seed} --from {first}", last - first);
}

impl Total {
    /// Adds what is left of a folder; what must not be.
    fn add(&mut self, remains: Remains) -> Vec<String> {
        // Keys of one folder are free again in the next: only the counts are kept.
        let Memory { answered, unanswered, retried, repeated, approved, .. } = remains.memory;
        self.memory.merge(Memory { answered, unanswered, retried, repeated, approved, ..Memory::default() });
        self.steps += remains.memory.steps.len();
        self.legs += remains.memory.legs.len();
        self.paid_in += remains.memory.topped_up.len();
        self.kills.serving += remains.kills.serving;
        self.kills.starting += remains.kills.starting;
        self.held = self.held.max(remains.held);
        self.orders += remains.orders;
        self.folders += 1;
        remains.violations
    }

    fn tell(&self, arguments: &Arguments, seconds: f64) {
        let Memory { answered, unanswered, retried, repeated, approved, .. } = &self.memory;
        println!(
            "cycles        {:>10}  on {} data folders, seed {}",
            arguments.cycles, self.folders, arguments.seed
        );
        println!("kills         {:>10}  {} more while it started", self.kills.serving, self.kills.starting);
        println!("acknowledged  {answered:>10}  final answers of every kind");
        println!("orders        {:>10}  in the stores, refused ones too", self.orders);
        println!(
            "among them    {:>10}  steps of tickets, {} of deliveries, {approved} approvals, {} paid in",
            self.steps, self.legs, self.paid_in
        );
        println!("unanswered    {unanswered:>10}");
        println!("retried       {retried:>10}  with the key they had, until they were answered");
        println!(
            "repeated      {repeated:>10}  asked for again although decided, answered byte for byte as before"
        );
        println!("held          {} at most", self.held);
        println!("lost 0, doubled 0, verify green; took {seconds:.1} s");
    }
}
