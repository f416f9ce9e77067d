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
    catcher: Catcher,
}

/// Who must catch it.
#[derive(Debug)]
enum Catcher {
    /// A harness, within a budget.
    Harness(Harness, Budget),
    /// The one test of this package that is named after the bug.
    Test(&'static str),
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
    Planted { bug, catcher: Catcher::Harness(SIMULATION, SEEDS) }
}

const fn by_power(bug: &'static str) -> Planted {
    Planted { bug, catcher: Catcher::Harness(POWER, STATES) }
}

/// The table.
pub(crate) const PLANTED: &[Planted] = &[
    simulated("B1"),
    by_power("B2"),
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
    by_power("B22"),
    Planted { bug: "B23", catcher: Catcher::Test("jumun") },
    by_power("B24"),
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
        let is_caught = match &planted.catcher {
            Catcher::Harness(harness, budget) => {
                println!("--- {} by {}", planted.bug, harness.name);
                harness.run(workspace, &target, &planted.arguments(budget, arguments.full))?
            }
            Catcher::Test(package) => {
                println!("--- {} by a test of {package}", planted.bug);
                succeeds(workspace.cargo(planted.test(package)).arg("--target-dir").arg(&target))?
            }
        };
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
    let harness = |planted: &&Planted| match planted.catcher {
        Catcher::Harness(harness, _) => Some(harness),
        Catcher::Test(_) => None,
    };
    let mut harnesses: Vec<_> = chosen.iter().filter_map(harness).collect();
    if harnesses.is_empty() {
        return Ok(target);
    }
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
    fn arguments(&self, budget: &Budget, full: bool) -> Vec<OsString> {
        let size = if full { budget.full } else { budget.short };
        ["--planted", self.bug, budget.flag, &size.to_string()].map(OsString::from).to_vec()
    }

    /// A test that plants its bug in the whole process, and succeeds when it catches it.
    fn test(&self, package: &str) -> Vec<String> {
        let bug = self.bug.to_lowercase();
        let named = format!("planted_bug_{bug}_is_caught");
        ["test", "--package", package, "--features", "planted", &named].map(ToOwned::to_owned).to_vec()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn every_bug_of_the_list_is_planted_once() {
        let listed: Vec<String> = (1..=24).map(|number| format!("B{number}")).collect();
        let planted: Vec<&str> = PLANTED.iter().map(|planted| planted.bug).collect();
        assert_eq!(planted, listed);
    }

    #[test]
    fn a_bug_is_given_its_pinned_budget_unless_the_full_one_is_asked_for() {
        let power = &PLANTED[1];
        assert_eq!(power.arguments(&STATES, false), ["--planted", "B2", "--states", "200"]);
        assert_eq!(power.arguments(&STATES, true), ["--planted", "B2", "--states", "2000"]);
    }

    #[test]
    fn a_bug_that_a_test_catches_is_caught_by_the_one_that_is_named_after_it() {
        let found = choose(&["B23".to_owned()]).unwrap();
        assert_eq!(found[0].test("jumun").last().unwrap(), "planted_bug_b23_is_caught");
    }

    #[test]
    fn an_unknown_bug_is_refused_and_the_known_ones_are_named() {
        let error = choose(&["B99".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("B99") && error.contains("B22"), "{error}");
    }
}
