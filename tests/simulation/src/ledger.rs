//! The ledger of large runs: which seeds have been run on which state of the simulated crates. It
//! can be stopped and gone on with; another state begins another ledger.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::coverage::Coverage;
use crate::sweep::{Sweep, sweep};

/// What is simulated, and what simulates.
const SIMULATED: &[&str] = &[
    "platform/kernel",
    "platform/journal",
    "platform/runtime",
    "platform/edge",
    "platform/bus",
    "contexts",
    "shops",
    "tests/simulation/src",
    "tests/simulation/shops",
    "Cargo.lock",
];

/// Seeds between two writings of the ledger.
const PAGE: u64 = 500;

/// The ledger.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ledger {
    /// The commit that last changed what is simulated.
    pub commit: String,
    /// Seeds from 0 that have been run.
    pub seeds: u64,
    /// Seeds of those that were run twice and ended alike.
    pub twice: u64,
    /// Seeds that failed, with the invariant.
    pub failed: Vec<(u64, String)>,
    /// How many things happened.
    pub steps: u64,
    /// How much virtual time passed, hours.
    pub virtual_hours: u64,
    /// What was counted.
    pub coverage: Coverage,
}

impl Ledger {
    /// Opens the ledger of the present commit; one of another commit is begun anew.
    ///
    /// # Errors
    /// When what is simulated has changes that are not committed, or the file cannot be read.
    pub fn open(file: &Path) -> Result<Self> {
        let commit = commit()?;
        let kept = match std::fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes).ok(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).context("the ledger cannot be read"),
        };
        Ok(kept.filter(|kept: &Self| kept.commit == commit).unwrap_or_else(|| Self::new(commit)))
    }

    fn new(commit: String) -> Self {
        Self {
            commit,
            seeds: 0,
            twice: 0,
            failed: Vec::new(),
            steps: 0,
            virtual_hours: 0,
            coverage: Coverage::default(),
        }
    }

    /// Goes on until so many seeds have been run, writing the ledger page by page.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn run_until(&mut self, seeds: u64, threads: usize, file: &Path) -> Result<()> {
        while self.seeds < seeds {
            let until = (self.seeds + PAGE).min(seeds);
            let page = sweep(self.seeds, until, threads, false);
            self.take(until, &page);
            self.write(file)?;
            println!("{until} of {seeds} seeds, {} failed", self.failed.len());
        }
        Ok(())
    }

    fn take(&mut self, until: u64, page: &Sweep) {
        self.seeds = until;
        self.twice += page.twice;
        self.steps += page.steps;
        self.virtual_hours += page.virtual_millis / 3_600_000;
        self.coverage.add(&page.coverage);
        let failed = page.failed.iter().filter_map(|report| {
            let found = report.violations.first()?;
            Some((report.seed, found.to_string()))
        });
        self.failed.extend(failed);
    }

    fn write(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        // Written beside and moved: a ledger that is cut off is no ledger.
        let beside = file.with_extension("new");
        std::fs::write(&beside, serde_json::to_vec_pretty(self)?)?;
        std::fs::rename(&beside, file).context("the ledger cannot be written")
    }
}

/// The commit that last changed what is simulated.
fn commit() -> Result<String> {
    let root = root();
    let git = |arguments: &[&str]| -> Result<String> {
        let mut command = Command::new("git");
        let output = command.current_dir(&root).args(arguments).arg("--").args(SIMULATED).output()?;
        if !output.status.success() {
            bail!("git {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let changed = git(&["status", "--porcelain"])?;
    if !changed.is_empty() {
        bail!("a ledger is bound to a commit, and these are not committed:\n{changed}");
    }
    git(&["log", "-1", "--format=%H"])
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
