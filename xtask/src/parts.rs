//! The parts of the test command, in the order they run.
//!
//! Every part runs, whatever the ones before said, so that one run shows all that is wrong. A
//! part that cannot run is a failed part: none is skipped in silence.

use std::ffi::OsString;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::harness::{CRASH, Harness, POWER, SIMULATION};
use crate::summary::{Outcome, Summary, Tally, Verdict};
use crate::workspace::{Workspace, succeeds};
use crate::{deny, libtest, planted};

/// How much the harnesses do; the defaults are those of every change.
#[derive(Debug, clap::Args)]
pub(crate) struct Sizes {
    /// How many seeds the simulator runs.
    #[arg(long, default_value_t = 2_000)]
    seeds: u64,
    /// How many states after a power cut are judged.
    #[arg(long, default_value_t = 200)]
    states: u64,
    /// How many times the real program is killed.
    #[arg(long, default_value_t = 100)]
    cycles: u64,
    /// Gives each planted bug its full budget, not the pinned short one.
    #[arg(long)]
    planted_full: bool,
}

/// One part of the test command.
pub(crate) struct Part {
    name: &'static str,
    run: fn(&Workspace, &Sizes) -> Result<Verdict>,
    /// The part that must have gone well, or this one would judge what an earlier run left.
    needs: Option<&'static str>,
}

const BUILD: &str = "build";

/// The table.
pub(crate) const PARTS: &[Part] = &[
    Part { name: "fmt", run: |workspace, _| cargo(workspace, &["fmt", "--all", "--check"]), needs: None },
    Part {
        name: "clippy",
        run: |workspace, _| {
            let lint = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
            cargo(workspace, &lint)
        },
        needs: None,
    },
    Part { name: "deny", run: |workspace, _| Ok(Tally::one(deny::check(workspace)?).into()), needs: None },
    // Everything at once: one set of features, so nothing is built twice, and every program is
    // there before a test or a harness starts it.
    Part {
        name: BUILD,
        run: |workspace, _| cargo(workspace, &["build", "--workspace", "--all-targets"]),
        needs: None,
    },
    Part {
        name: "cargo test",
        run: |workspace, _| libtest::run(&mut workspace.cargo(["test", "--workspace", "--no-fail-fast"])),
        needs: None,
    },
    Part {
        name: "simulate",
        run: |workspace, sizes| harness(workspace, SIMULATION, "--seeds", sizes.seeds),
        needs: Some(BUILD),
    },
    Part {
        name: "power",
        run: |workspace, sizes| harness(workspace, POWER, "--states", sizes.states),
        needs: Some(BUILD),
    },
    Part {
        name: "crash",
        run: |workspace, sizes| harness(workspace, CRASH, "--cycles", sizes.cycles),
        needs: Some(BUILD),
    },
    Part {
        name: "planted",
        run: |workspace, sizes| {
            Ok(planted::run(workspace, &planted::Arguments::all(sizes.planted_full))?.into())
        },
        needs: None,
    },
];

/// Runs every part and prints the summary; true when nothing failed.
pub(crate) fn run_all(workspace: &Workspace, sizes: &Sizes) -> bool {
    let mut summary = Summary::default();
    for part in PARTS {
        println!("=== {}", part.name);
        summary.0.push(part.outcome(workspace, sizes, &summary));
    }
    println!("\n{summary}");
    summary.sum().failed == 0
}

impl Part {
    fn outcome(&self, workspace: &Workspace, sizes: &Sizes, before: &Summary) -> Outcome {
        #[expect(clippy::disallowed_methods, reason = "says what a part took; decides nothing")]
        let began = Instant::now();
        let result = match self.needs {
            Some(needed) if !before.is_well(needed) => {
                Err(anyhow::anyhow!("not run, because {needed} failed"))
            }
            _ => (self.run)(workspace, sizes),
        };
        let (verdict, trouble) = match result {
            Ok(verdict) => (verdict, None),
            Err(error) => (Tally::one(false).into(), Some(format!("{error:#}"))),
        };
        if let Some(trouble) = &trouble {
            println!("{}: {trouble}", self.name);
        }
        Outcome { name: self.name, took: began.elapsed(), verdict, trouble }
    }
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Result<Verdict> {
    Ok(Tally::one(succeeds(&mut workspace.cargo(arguments))?).into())
}

fn harness(workspace: &Workspace, harness: Harness, flag: &str, size: u64) -> Result<Verdict> {
    if size == 0 {
        bail!("{flag} 0 would test nothing");
    }
    let arguments = [OsString::from(flag), OsString::from(size.to_string())];
    Ok(Tally::one(harness.run(workspace, workspace.target(), &arguments)?).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes { seeds: 1, states: 1, cycles: 1, planted_full: false };

    fn workspace() -> Workspace {
        Workspace::of_this_program().expect("cargo has built this test")
    }

    #[test]
    fn a_part_whose_need_failed_is_a_failure_that_says_so() {
        let part = Part { name: "late", run: |_, _| Ok(Tally::one(true).into()), needs: Some("early") };
        let outcome = part.outcome(&workspace(), &SIZES, &Summary::default());
        assert_eq!(outcome.verdict.tally, Tally::one(false));
        assert_eq!(outcome.trouble.as_deref(), Some("not run, because early failed"));
    }

    #[test]
    fn a_part_that_breaks_down_is_a_failure_that_says_why() {
        let part = Part { name: "broken", run: |_, _| bail!("the tool is absent"), needs: None };
        let outcome = part.outcome(&workspace(), &SIZES, &Summary::default());
        assert_eq!(outcome.verdict.tally, Tally::one(false));
        assert_eq!(outcome.trouble.as_deref(), Some("the tool is absent"));
    }

    #[test]
    fn what_a_part_needs_stands_before_it() {
        for (index, part) in PARTS.iter().enumerate() {
            if let Some(needed) = part.needs {
                let before = &PARTS[..index];
                assert!(before.iter().any(|other| other.name == needed), "{} needs {needed}", part.name);
            }
        }
    }

    #[test]
    fn a_size_of_nothing_is_refused() {
        assert!(harness(&workspace(), SIMULATION, "--seeds", 0).is_err());
    }
}
