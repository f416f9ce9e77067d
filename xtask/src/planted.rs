//! Planted bugs: the grade of the harnesses. Each must be caught, or its harness is worth
//! nothing.
//!
//! They are a feature of the harness crates, built into a target folder of their own, so that
//! no other build can pick them up.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::harness::{Harness, POWER, SIMULATION};
use crate::summary::Tally;
use crate::workspace::{Workspace, succeeds};

/// A bug, who must catch it, and within how much.
#[derive(Debug)]
pub(crate) struct Planted {
    bug: &'static str,
    harness: Harness,
    budget: Budget,
}

/// The pinned range of every change, and the full one.
#[derive(Debug)]
struct Budget {
    flag: &'static str,
    short: u64,
    full: u64,
}

const SEEDS: Budget = Budget { flag: "--seeds", short: 200, full: 2_000 };

const STATES: Budget = Budget { flag: "--states", short: 200, full: 2_000 };

const fn simulated(bug: &'static str) -> Planted {
    Planted { bug, harness: SIMULATION, budget: SEEDS }
}

/// The table.
pub(crate) const PLANTED: &[Planted] = &[
    simulated("B1"),
    Planted { bug: "B2", harness: POWER, budget: STATES },
    simulated("B3"),
    simulated("B4"),
    simulated("B5"),
    simulated("B6"),
    simulated("B7"),
    simulated("B8"),
    simulated("B9"),
    simulated("B10"),
    simulated("B11"),
    simulated("B12"),
    simulated("B13"),
    simulated("B14"),
    simulated("B15"),
    simulated("B16"),
    simulated("B17"),
    simulated("B18"),
    simulated("B19"),
    simulated("B20"),
    simulated("B21"),
    Planted { bug: "B22", harness: POWER, budget: STATES },
    Planted { bug: "B24", harness: POWER, budget: STATES },
];

/// Which bugs, and how long each may take to be caught.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Gives each bug its full budget, not the pinned short one.
    #[arg(long)]
    full: bool,
    /// Only these (`B4`); without any, all.
    bugs: Vec<String>,
}

impl Arguments {
    /// All of them.
    pub(crate) const fn all(full: bool) -> Self {
        Self { full, bugs: Vec::new() }
    }
}

/// Builds the harnesses with their bugs and runs one after the other; each bug counts.
///
/// # Errors
/// When a bug is unknown, the build fails or a harness cannot be started.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<Tally> {
    let chosen = choose(&arguments.bugs)?;
    let target = build(workspace, &chosen)?;
    let mut tally = Tally::default();
    for planted in chosen {
        println!("--- {} by {}", planted.bug, planted.harness.name);
        let is_caught = planted.harness.run(workspace, &target, &planted.arguments(arguments.full))?;
        println!("{} {}", planted.bug, if is_caught { "caught" } else { "NOT CAUGHT" });
        tally += Tally::one(is_caught);
    }
    Ok(tally)
}

fn choose(bugs: &[String]) -> Result<Vec<&'static Planted>> {
    if bugs.is_empty() {
        return Ok(PLANTED.iter().collect());
    }
    let mut chosen = Vec::new();
    for bug in bugs {
        match PLANTED.iter().find(|planted| planted.bug == bug) {
            Some(planted) => chosen.push(planted),
            None => bail!("no bug {bug} is planted; known are {}", known()),
        }
    }
    Ok(chosen)
}

fn known() -> String {
    PLANTED.iter().map(|planted| planted.bug).collect::<Vec<_>>().join(", ")
}

fn build(workspace: &Workspace, chosen: &[&Planted]) -> Result<PathBuf> {
    let target = workspace.target().join("planted");
    let mut command = workspace.cargo(["build", "--target-dir"]);
    command.arg(&target);
    let mut harnesses: Vec<_> = chosen.iter().map(|planted| planted.harness).collect();
    harnesses.sort_by_key(|harness| harness.name);
    harnesses.dedup_by_key(|harness| harness.name);
    for harness in harnesses {
        command.args(["--features", &format!("{}/planted", harness.name)]);
        for package in std::iter::once(&harness.name).chain(harness.beside) {
            command.args(["--package", package]);
        }
    }
    if !succeeds(&mut command)? {
        bail!("the harnesses do not build with their planted bugs");
    }
    Ok(target)
}

impl Planted {
    /// A harness that is told of a bug succeeds when it catches it.
    fn arguments(&self, full: bool) -> Vec<OsString> {
        let size = if full { self.budget.full } else { self.budget.short };
        ["--planted", self.bug, self.budget.flag, &size.to_string()].map(OsString::from).to_vec()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn every_bug_of_the_list_is_planted_once() {
        let listed: Vec<String> = (1..=22).chain([24]).map(|number| format!("B{number}")).collect();
        let planted: Vec<&str> = PLANTED.iter().map(|planted| planted.bug).collect();
        assert_eq!(planted, listed);
    }

    #[test]
    fn a_bug_is_given_its_pinned_budget_unless_the_full_one_is_asked_for() {
        let power = &PLANTED[1];
        assert_eq!(power.arguments(false), ["--planted", "B2", "--states", "200"]);
        assert_eq!(power.arguments(true), ["--planted", "B2", "--states", "2000"]);
    }

    #[test]
    fn an_unknown_bug_is_refused_and_the_known_ones_are_named() {
        let error = choose(&["B99".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("B99") && error.contains("B22"), "{error}");
    }
}
