//! `jumun rebuild`: builds a view anew beside the live one, in the program that holds it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::Method;

use super::ask;
use crate::data_folder::DataFolder;
use crate::roles::Role;

#[derive(Debug, Args)]
pub(crate) struct RebuildFlags {
    /// Which view.
    #[arg(value_name = "VIEW")]
    view: View,
    /// The data folder.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data")]
    data: PathBuf,
}

/// The views that are rebuilt from events.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum View {
    /// The story of every order.
    Stories,
}

const ROUTE: &str = "/internal/tracking/rebuild";
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub(crate) fn run(flags: &RebuildFlags) -> Result<ExitCode> {
    let View::Stories = flags.view;
    let data = DataFolder::existing(&flags.data)?;
    let mut state = ask::holder(&data, Role::Tracking, Method::POST, ROUTE, None)?;
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} events {per_sec}") {
        bar.set_style(style);
    }
    while state["rebuilding"].as_bool() == Some(true) {
        bar.set_length(state["total"].as_u64().unwrap_or(0));
        bar.set_position(state["done"].as_u64().unwrap_or(0));
        std::thread::sleep(LOOK_EVERY);
        state = ask::holder(&data, Role::Tracking, Method::GET, ROUTE, None)?;
    }
    bar.finish_and_clear();
    println!("the stories are rebuilt: generation {} is live", state["generation"]);
    Ok(ExitCode::SUCCESS)
}
