//! `jumun menu`: brings a shop file's menu to a running shop.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Subcommand;
use reqwest::Method;
use serde_json::{Value, json};

use super::ask;
use crate::data_folder::DataFolder;
use crate::roles::Role;
use crate::shops;

#[derive(Debug, Subcommand)]
pub(crate) enum MenuCommand {
    /// Show how the menu of a running shop differs from its file; with --apply, make it so.
    Import {
        /// The shop file.
        file: String,
        /// Make the menu that of the file. Sold-out switches stay.
        #[arg(long)]
        apply: bool,
        /// The data folder.
        #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data")]
        data: PathBuf,
    },
}

pub(crate) fn run(command: &MenuCommand) -> Result<ExitCode> {
    let MenuCommand::Import { file, apply, data } = command;
    let shop = shops::one(file)?.life.key;
    let text = std::fs::read_to_string(file).with_context(|| format!("{file} cannot be read"))?;
    let body = json!({ "file": file, "text": text, "apply": apply });
    let data = DataFolder::existing(data)?;
    let path = format!("/v1/shops/{shop}/menu-imports");
    let reply = ask::holder(&data, Role::Catalog, Method::POST, &path, Some(&body))?;
    print_lines("applied", &reply["applied"]);
    print_lines("differs", &reply["differs"]);
    if reply["applied"].as_array().is_none_or(Vec::is_empty)
        && reply["differs"].as_array().is_none_or(Vec::is_empty)
    {
        println!("the menu of {shop} is that of {file}");
    }
    Ok(ExitCode::SUCCESS)
}

fn print_lines(what: &str, lines: &Value) {
    for line in lines.as_array().into_iter().flatten().filter_map(Value::as_str) {
        println!("{what}: {line}");
    }
}
