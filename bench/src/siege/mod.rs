//! The door under siege: what happens when payment becomes slower and slower, hangs and comes back
//! (W7, R26), when three times as many come as can be served (R25), beside a thousand slow clients (S21),
//! and under the documents' own load with the program `siege` (W17, R30).
//!
//! What must hold whatever the machine does makes the run red: an answer that is neither taken nor
//! properly refused, an order that was refused at once and left something behind, a breaker that does
//! not open or close by itself, a check of `jumun verify`. How fast it is stands in the table.
//!
//! To add a scene: a file here with a function of `&mut Siege`, its line in [`Siege::run`] and in
//! [`Sizes`], and its figures in `SIEGE_FIGURES`.

mod crowd;
mod lines;
mod overload;
mod page;
mod phases;
mod slow;
mod waiting;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::figures::SIEGE_FIGURES;
use crate::machine::Machine;
use crate::readings::Readings;
use crate::request::put;
use crate::section::SIEGE;
use crate::server::{Program, Server};
use crate::wire::Connection;
use crate::{clock, folder, home, judge, measured_shops, program};
use lines::Line;
use phases::Phase;

/// What the siege is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct SiegeArguments {
    /// What a phase of payment lasts; the other scenes are parts of it.
    #[arg(long, default_value_t = 60.0)]
    seconds: f64,
    /// A few seconds for every scene and fewer clients: to see that all of it holds, not how fast it is.
    #[arg(long)]
    quick: bool,
    /// Clients who order while payment comes and goes.
    #[arg(long, default_value_t = 255)]
    clients: usize,
    /// The program; by default the one beside this one.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Where stores are kept meanwhile, on the disk that counts; removed afterwards.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The page whose part is made anew; by default `bench/RESULTS.md` unless it is a quick run.
    #[arg(long)]
    results: Option<PathBuf>,
}

/// How long and how many.
#[derive(Debug, Clone)]
struct Sizes {
    phase: Duration,
    clients: usize,
    peak: Duration,
    overload: Duration,
    recovery: Duration,
    waiting: Duration,
    /// Clients of R25 and R26.
    many: usize,
    line: Duration,
    rounds: u32,
}

impl SiegeArguments {
    fn sizes(&self) -> Sizes {
        let seconds = |seconds: f64| Duration::from_secs_f64(seconds.max(2.0));
        if self.quick {
            let (phase, line) = (seconds(4.0), seconds(2.0));
            return Sizes {
                phase,
                clients: self.clients.min(60),
                peak: line,
                overload: line,
                recovery: line,
                waiting: line * 2,
                many: 200,
                line,
                rounds: 1,
            };
        }
        Sizes {
            phase: seconds(self.seconds),
            clients: self.clients.max(1),
            peak: seconds(self.seconds / 6.0),
            overload: seconds(self.seconds / 2.0),
            recovery: seconds(self.seconds / 2.0),
            waiting: seconds(self.seconds / 2.0),
            many: 2_000,
            line: seconds(self.seconds / 4.0),
            rounds: 3,
        }
    }
}

impl Sizes {
    /// All scenes together, without starts, stops and checks.
    fn all(&self) -> Duration {
        let phases = u32::try_from(Phase::ALL.len()).unwrap_or(u32::MAX);
        let in_turns = self.line * (2 * self.rounds + 1);
        let slow = in_turns + slow::ARRIVING * self.rounds;
        self.phase * phases + self.peak + self.overload + self.recovery + self.waiting + slow + in_turns
    }
}

/// The whole of it.
struct Siege {
    sizes: Sizes,
    binary: PathBuf,
    folder: PathBuf,
    readings: Readings,
    phases: Vec<phases::Seen>,
    lines: Vec<Line>,
    /// What could not be shown, and why.
    left_out: Vec<String>,
}

/// Runs it, and writes its part of the page.
///
/// # Errors
/// When something cannot be run at all.
pub(crate) fn run(arguments: SiegeArguments) -> Result<ExitCode> {
    let binary = program(arguments.binary.as_deref())?;
    let bench = Program { binary: binary.clone(), shops: measured_shops() };
    let folder = folder(arguments.data.as_deref(), &bench)?;
    let mut siege = Siege {
        sizes: arguments.sizes(),
        binary,
        folder,
        readings: Readings::default(),
        phases: Vec::new(),
        lines: Vec::new(),
        left_out: Vec::new(),
    };
    let all = siege.sizes.all();
    // Starts, stops, what is under way worked off, and the checks of what has been written.
    let longest = all * 3 + Duration::from_secs(300);
    eprintln!(
        "siege: {} s of load, then checks; about {} s in all, and never longer than {} s",
        all.as_secs(),
        (all + all / 4).as_secs() + 30,
        longest.as_secs()
    );
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = client.block_on(async { tokio::time::timeout(longest, siege.run()).await });
    let outcome = outcome.context("the siege did not end in time").and_then(|outcome| outcome);
    let machine = Machine::look(&siege.folder);
    fs::remove_dir_all(&siege.folder)?;
    if let Err(error) = &outcome {
        siege.readings.broken.push(format!("it could not be run to its end: {error:#}"));
    }
    let text = page::section(&siege, &machine, &clock::date());
    println!("{text}");
    let page = arguments.results.or_else(|| (!arguments.quick).then(|| home().join("RESULTS.md")));
    if let Some(page) = page {
        put_into(&page, &text)?;
    }
    outcome?;
    // A quick run says nothing about speed.
    Ok(judge(&siege.readings, if arguments.quick { &[] } else { SIEGE_FIGURES }))
}

fn put_into(path: &Path, text: &str) -> Result<()> {
    let former = fs::read_to_string(path).unwrap_or_default();
    fs::write(path, SIEGE.put_into(&former, text))
        .with_context(|| format!("{} cannot be written", path.display()))
}

impl Siege {
    async fn run(&mut self) -> Result<()> {
        phases::phases(self).await?;
        overload::overload(self).await?;
        waiting::waiting(self).await?;
        slow::slow(self).await?;
        lines::lines(self).await
    }

    /// The program with other shops.
    fn program(&self, shops: Vec<PathBuf>) -> Program {
        Program { binary: self.binary.clone(), shops }
    }

    /// Says that a scene begins, and what for.
    fn scene(&self, name: &str) {
        eprintln!("{name}, load {}", crate::machine::load_average());
    }

    /// Has a store checked that nobody holds: the invariants, and the provider's book against ours.
    async fn verify(&mut self, name: &str) -> Result<()> {
        let (program, data) = (self.program(measured_shops()), self.folder.join(name));
        match program.verify(&data).await? {
            Ok(said) => self.readings.verified.push(said),
            Err(said) => self.readings.broken.push(format!("jumun verify of {name}:\n{said}")),
        }
        if let Err(said) = program.reconcile(&data).await? {
            self.readings.broken.push(format!("jumun reconcile of {name}:\n{said}"));
        }
        Ok(())
    }
}

/// A shop that the program carries.
fn carried_shop(name: &str) -> PathBuf {
    home().join("../shops").join(name).with_extension("toml")
}

/// Sets the switch at payment's door.
async fn switch(server: &Server, door: &str) -> Result<()> {
    let operators = server.operators.context("the program has no listener for operators")?;
    let mut connection = Connection::open(operators).await?;
    let status = connection.exchange(&put("/switches/payment", door)).await?.status;
    ensure!(status == 200, "payment's switch was answered with {status}");
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use clap::Parser;

    use super::*;
    use crate::arguments::{Arguments, Mode};

    fn sizes(words: &[&str]) -> Sizes {
        let arguments = Arguments::try_parse_from([&["bench", "siege"], words].concat()).unwrap();
        match arguments.mode.unwrap() {
            Mode::Siege(siege) => siege.sizes(),
            Mode::Echo | Mode::Raw { .. } => panic!("the siege was asked for"),
        }
    }

    #[test]
    fn a_phase_lasts_as_long_as_is_said_and_a_quick_run_is_over_within_a_minute() {
        assert_eq!(sizes(&[]).phase, Duration::from_secs(60));
        assert_eq!(sizes(&["--seconds", "30"]).phase, Duration::from_secs(30));
        assert!(sizes(&["--quick"]).all() <= Duration::from_secs(60));
    }
}
