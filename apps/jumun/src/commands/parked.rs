//! `jumun parked`: events that could not be applied, and what to do about them.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use journal::Reader;
use journal_sqlite::{SqliteReader, journal_path};
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::ask;
use crate::data_folder::DataFolder;
use crate::roles::Role;

#[derive(Debug, Args)]
pub(crate) struct ParkedFlags {
    /// The data folder.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data", global = true)]
    data: PathBuf,
    #[command(subcommand)]
    command: Option<ParkedCommand>,
}

#[derive(Debug, Subcommand)]
enum ParkedCommand {
    /// List them (the default); the program may run or not.
    List,
    /// Apply an order's parked events again, in order.
    Retry {
        /// The role that could not apply them.
        role: Role,
        /// The order.
        order: Uuid,
    },
    /// Take one out without applying it.
    Resolve {
        /// The role that could not apply it.
        role: Role,
        /// The role whose journal it came from.
        source: Role,
        /// Its position there.
        position: u64,
        /// Why, for the audit.
        #[arg(long)]
        note: String,
    },
}

pub(crate) fn run(flags: &ParkedFlags) -> Result<ExitCode> {
    let data = DataFolder::existing(&flags.data)?;
    match flags.command.as_ref().unwrap_or(&ParkedCommand::List) {
        ParkedCommand::List => list(&data),
        ParkedCommand::Retry { role, order } => {
            let path = format!("/v1/parked/{role}/{order}/retry");
            let reply = ask::holder(&data, *role, Method::POST, &path, None)?;
            println!("{} applied, {} still waiting", reply["applied"], reply["waiting"]);
            Ok(ExitCode::SUCCESS)
        }
        ParkedCommand::Resolve { role, source, position, note } => {
            let path = format!("/v1/parked/{role}/{source}/{position}/resolve");
            ask::holder(&data, *role, Method::POST, &path, Some(&json!({ "note": note })))?;
            println!("resolved; later events of its order can be retried now");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn list(data: &DataFolder) -> Result<ExitCode> {
    let mut count = 0;
    for role in Role::contexts() {
        let path = journal_path(data.path(), role.name());
        if !path.is_file() {
            continue;
        }
        for parked in SqliteReader::open(&path)?.parked()? {
            count += 1;
            println!(
                "{role} could not apply {}/{} {} of order {} (number {}): {}",
                parked.source,
                parked.event.position,
                parked.event.event_type,
                parked.blocks,
                parked.event.subject.order_number,
                parked.cause.as_deref().unwrap_or("waits behind the one before")
            );
        }
    }
    println!("{count} parked events");
    Ok(ExitCode::SUCCESS)
}
