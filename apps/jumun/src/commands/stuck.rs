//! `jumun stuck`: orders that stand still for longer than their shop thinks right, and why.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use kernel::Clock;

use crate::clock::SystemClock;
use crate::data_folder::DataFolder;
use crate::stuck::find_stuck;

#[derive(Debug, Args)]
pub(crate) struct StuckFlags {
    /// The data folder; the program may run or not.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data")]
    data: PathBuf,
    /// Only this shop.
    #[arg(long, value_name = "SHOP")]
    shop: Option<String>,
}

pub(crate) fn run(flags: &StuckFlags) -> Result<ExitCode> {
    let data = DataFolder::existing(&flags.data)?;
    let stuck = find_stuck(&data, flags.shop.as_deref(), SystemClock::start().now())?;
    for order in &stuck {
        println!("{order}");
    }
    match stuck.len() {
        0 => println!("no order stands still"),
        1 => println!("1 order stands still"),
        count => println!("{count} orders stand still"),
    }
    Ok(if stuck.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
