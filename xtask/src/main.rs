//! One command for every test there is: `cargo xtask test`.
//!
//! - A part of the test command is a row of [`parts::PARTS`]; add the row, and the part runs,
//!   is timed and counts.
//! - A harness (a program of `tests/` or `bench/`) is a row of [`harness::HARNESSES`]; it is
//!   built and started, and gets every argument that follows its name.
//! - A planted bug is a row of [`planted::PLANTED`]: which harness must catch it, within which
//!   budget.

mod deny;
mod harness;
mod libtest;
mod parts;
mod planted;
mod siege;
mod summary;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::harness::{BENCH, CRASH, POWER, SIMULATION};
use crate::parts::Sizes;
use crate::workspace::Workspace;

/// The work around the code, as one command.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs every test there is and says what each part took.
    Test(Sizes),
    /// All roles in one thread, in virtual time, with faults from a seed.
    Simulate(Trailing),
    /// A run of the simulator of any size, resumable, towards a million seeds.
    Ledger(Trailing),
    /// Power loss and damage, replayed on the real SQLite code.
    Power(Trailing),
    /// Kills the real program under load and counts what is left.
    Crash(Trailing),
    /// Measures speed beside a bare echo in the same run (release build).
    Bench(Trailing),
    /// Slow payment, overload and the documents' own load, beside a bare echo (release build).
    Siege(Trailing),
    /// Plants each known bug and demands that its harness catches it.
    Planted(planted::Arguments),
    /// Checks the dependency tree: bans, licences, sources.
    Deny,
}

/// What is handed on as it is.
#[derive(Debug, clap::Args)]
struct Trailing {
    /// Handed on to the harness; `-- --help` shows what it takes.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

fn main() -> Result<ExitCode> {
    let workspace = Workspace::of_this_program()?;
    let is_well = match Arguments::parse().command {
        Command::Test(sizes) => parts::run_all(&workspace, &sizes),
        Command::Simulate(trailing) => SIMULATION.build_and_run(&workspace, &trailing.arguments)?,
        Command::Ledger(trailing) => {
            let mut arguments = vec![OsString::from("ledger")];
            arguments.extend(trailing.arguments);
            SIMULATION.build_and_run(&workspace, &arguments)?
        }
        Command::Power(trailing) => POWER.build_and_run(&workspace, &trailing.arguments)?,
        Command::Crash(trailing) => CRASH.build_and_run(&workspace, &trailing.arguments)?,
        Command::Bench(trailing) => BENCH.build_and_run(&workspace, &trailing.arguments)?,
        Command::Siege(trailing) => siege::run(&workspace, trailing.arguments)?,
        Command::Planted(arguments) => planted::run(&workspace, &arguments)?.failed == 0,
        Command::Deny => deny::check(&workspace)?,
    };
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
