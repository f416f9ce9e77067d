//! `jumun verify`: reads the stores themselves, at one cut, and checks what must always be true.
//!
//! Nothing is asked of the running program; it may run or not. What holds only at rest (a refund
//! that is still on its way is not a missing one) is checked for orders that are at rest: every
//! neighbour has heard everything, and no timer or effect of the order is under way.

mod books;
mod checks;
mod days;
mod facts;
mod menus;
mod messages;
mod stories;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use journal_sqlite::{Cut, Options};

use crate::data_folder::DataFolder;

#[derive(Debug, Args)]
pub(crate) struct VerifyFlags {
    /// The data folder.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data")]
    pub(crate) data: PathBuf,
}

/// What a check found.
pub(crate) struct Finding {
    /// The invariants, by their numbers.
    pub(crate) invariants: &'static str,
    /// What must be true.
    pub(crate) promise: &'static str,
    /// How many things were looked at.
    pub(crate) examined: usize,
    /// Where it is not true.
    pub(crate) broken: Vec<String>,
}

/// Places that a line shows at most.
const SHOWN_MAX: usize = 20;

pub(crate) fn run(flags: &VerifyFlags) -> Result<ExitCode> {
    let data = DataFolder::existing(&flags.data)?;
    let findings = verify(&data)?;
    let mut sound = true;
    for finding in &findings {
        sound &= finding.broken.is_empty();
        let verdict = if finding.broken.is_empty() { "ok  " } else { "FAIL" };
        println!("{verdict} {:<14} {} ({})", finding.invariants, finding.promise, finding.examined);
        for place in finding.broken.iter().take(SHOWN_MAX) {
            println!("       {place}");
        }
        if finding.broken.len() > SHOWN_MAX {
            println!("       ... and {} more", finding.broken.len() - SHOWN_MAX);
        }
    }
    println!("{}", if sound { "all invariants hold" } else { "some invariants are broken" });
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Checks every invariant of a data folder.
///
/// # Errors
/// When a store cannot be read at all.
pub(crate) fn verify(data: &DataFolder) -> Result<Vec<Finding>> {
    let mut cut = Cut::take(data.path(), &Options::default()).context("the stores cannot be cut")?;
    let sources = cut.sources().context("the stores cannot be read")?;
    let mut findings = vec![checks::stores(&mut cut)?, checks::sources(&sources)];
    let facts = facts::Facts::gather(&mut cut, &sources)?;
    findings.extend(checks::saga(&facts));
    findings.extend(books::check(data, &mut cut, &facts)?);
    findings.push(menus::check(&facts));
    findings.extend(stories::check(&mut cut, &sources, &facts.shops)?);
    findings.push(days::closings(&mut cut)?);
    findings.push(messages::check(&mut cut, &sources)?);
    Ok(findings)
}
