//! What the measurements are told.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::siege::SiegeArguments;

/// Measures the program beside a bare echo, raw SQLite and the cost of a sync, in one run.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub(crate) struct Arguments {
    /// Three short rounds: to see that everything is measured, not how fast it is.
    #[arg(long, conflicts_with = "full")]
    quick: bool,
    /// A million orders against a hundred thousand, and the full time for everything; takes long.
    #[arg(long)]
    pub(crate) full: bool,
    /// Rounds, interleaved.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// What the segment of R1 lasts in every round; other segments are parts of it.
    #[arg(long, default_value_t = 8.0)]
    seconds: f64,
    /// Only these figures, such as R1,R22.
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// The program; by default the one beside this one.
    #[arg(long)]
    pub(crate) binary: Option<PathBuf>,
    /// A former program: measured in the same rounds, so that nothing that became slower is hidden.
    #[arg(long)]
    pub(crate) before: Option<PathBuf>,
    /// Where stores are kept while measuring, on the disk that counts; removed afterwards.
    #[arg(long)]
    pub(crate) data: Option<PathBuf>,
    /// Where the table goes; by default `bench/RESULTS.md` after a complete run, and nowhere else.
    #[arg(long)]
    pub(crate) results: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) mode: Option<Mode>,
}

/// What this program is besides.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Mode {
    /// The bare echo that is measured against.
    Echo,
    /// Raw inserts into SQLite in a folder for some seconds; prints how many orders a second.
    Raw {
        /// Made, and removed afterwards.
        folder: PathBuf,
        /// How long.
        seconds: f64,
    },
    /// Payment that becomes slower, hangs and comes back, overload, and the documents' own load.
    Siege(SiegeArguments),
}

/// How much is measured.
#[derive(Debug, Clone)]
pub(crate) struct Sizes {
    pub(crate) rounds: usize,
    pub(crate) segment: Duration,
    pub(crate) idle: Duration,
    /// Orders of the store that counts as small (R14, R27).
    pub(crate) few_orders: u64,
    /// Orders that the large store has at least (R14); 0: what the rounds have left.
    pub(crate) many_orders: u64,
    pub(crate) growth_rounds: usize,
    /// Orders that wait for the roles that were stopped (R13), the fewest first.
    pub(crate) backlogs: Vec<u64>,
}

impl Arguments {
    /// How much to measure.
    pub(crate) fn sizes(&self) -> Sizes {
        let few_orders = if self.full { 100_000 } else { 20_000 };
        let many_orders = if self.full { 1_000_000 } else { 0 };
        let sizes = Sizes {
            rounds: self.rounds.max(1),
            segment: Duration::from_secs_f64(self.seconds.max(0.1)),
            idle: Duration::from_secs(20),
            few_orders,
            many_orders,
            growth_rounds: if self.full { self.rounds.max(1) } else { 3 },
            backlogs: if self.full { vec![10_000, 100_000, 1_000_000] } else { vec![10_000, 100_000] },
        };
        if !self.quick {
            return sizes;
        }
        let (segment, idle) = (Duration::from_secs(2), Duration::from_secs(5));
        let rounds = self.rounds.min(3);
        Sizes {
            rounds,
            segment,
            idle,
            few_orders: 2_000,
            growth_rounds: 1,
            backlogs: vec![1_000, 5_000],
            ..sizes
        }
    }

    /// Whether a figure is wanted; `R15` asks for all that begins with it.
    pub(crate) fn wants(&self, number: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == number)
    }

    /// Whether the whole table is made.
    pub(crate) fn is_complete(&self) -> bool {
        self.only.is_empty() && !self.quick
    }
}
