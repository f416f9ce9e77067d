//! The one program: every role, the door, and the tools of whoever runs it.
//!
//! `roles.rs` names the roles, `parts/` puts each together, `house.rs` holds what they share,
//! `door.rs` is what customers and staff reach, `admin.rs` what operators reach, `commands/` the
//! command line. To add a role: a row in `roles.rs`, a file in `parts/`, an arm in `openapi.rs`.

mod admin;
mod authorization;
mod clock;
mod commands;
mod data_folder;
#[cfg(test)]
mod documents;
mod door;
mod house;
mod identity;
mod issuing;
mod neighbours;
mod observers;
mod openapi;
mod parked;
mod parts;
mod proof;
mod provider_note;
mod roles;
mod serve;
mod settings;
mod shops;
mod sources;
mod stuck;
#[cfg(test)]
mod trial;
mod words;

use std::process::ExitCode;

use catalog_domain::Mistakes;
use clap::{Parser, Subcommand};

use crate::settings::{ServeFlags, Settings};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Takes an order from placed to in the customer's hands, and never loses one.
#[derive(Debug, Parser)]
#[command(name = "jumun", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open the shops.
    Serve(Box<ServeFlags>),
    /// Take a guided tour of under a minute, through the real API on a temporary data folder.
    Demo(commands::demo::DemoFlags),
    /// Put orders to a running program, and count what came of every one.
    Load(commands::load::LoadFlags),
    /// Print the document of the canonical API (OpenAPI 3.1).
    Openapi,
    /// List the roles a process can play.
    Roles,
    /// Read the stores themselves and check every invariant; the program may run or not.
    Verify(commands::verify::VerifyFlags),
    /// Copy every store of a data folder, running or not, as one cut.
    Backup(commands::backup::BackupFlags),
    /// Lay a backup out as a new data folder.
    Restore(commands::backup::RestoreFlags),
    /// A payment provider for trying out, as a program of its own, in the words of Toss Payments and Stripe.
    SandboxProvider(commands::sandbox_provider::SandboxProviderFlags),
    /// Hold the provider's book, the ledger and the orders' payments against each other.
    Reconcile(commands::reconcile::ReconcileFlags),
    /// Build a view anew beside the live one, and switch.
    Rebuild(commands::rebuild::RebuildFlags),
    /// List, retry and resolve events that could not be applied.
    Parked(commands::parked::ParkedFlags),
    /// List orders that stand still for longer than their shop thinks right, and why.
    Stuck(commands::stuck::StuckFlags),
    /// Look at an installation and say what is wrong with it.
    Doctor(commands::doctor::DoctorFlags),
    /// Make the menu of a running shop that of its file, or show how they differ.
    #[command(subcommand)]
    Menu(commands::menu::MenuCommand),
    /// Show what customers would read.
    #[command(subcommand)]
    Messages(commands::messages::MessagesCommand),
    /// Who may sign in, with which roles; works beside a running program.
    Users(commands::users::UsersFlags),
    /// Be a relay for KakaoTalk and text messages, and a mail server, that send nothing and record what arrives.
    SandboxMessages(commands::sandbox_messages::SandboxMessagesFlags),
    /// List, check, draw and show shops.
    #[command(subcommand)]
    Shops(commands::shops::ShopsCommand),
}

fn main() -> ExitCode {
    keep_small_pages();
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            match error.downcast_ref::<Mistakes>() {
                // Each begins with its file and line: editors find the place by it.
                Some(mistakes) => eprintln!("{mistakes}"),
                None => eprintln!("jumun: {error:#}"),
            }
            ExitCode::FAILURE
        }
    }
}

/// Memory comes in small pages: in large ones the allocator, which gives back what is free, has megabytes
/// cleared again and again, and holds a third more.
fn keep_small_pages() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!(%error, "memory may come in large pages");
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Serve(flags) => {
            let settings = Settings::gather(*flags)?;
            let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            threads.block_on(serve::serve(settings))
        }
        Command::Demo(flags) => commands::demo::run(&flags),
        Command::Load(flags) => commands::load::run(&flags),
        Command::Openapi => commands::openapi::run(),
        Command::Roles => {
            for (role, what) in roles::ROLES {
                println!("{:<10} {what}", role.name());
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Verify(flags) => commands::verify::run(&flags),
        Command::Backup(flags) => commands::backup::backup(&flags),
        Command::Restore(flags) => commands::backup::restore(&flags),
        Command::SandboxProvider(flags) => commands::sandbox_provider::run(flags),
        Command::Reconcile(flags) => commands::reconcile::run(&flags),
        Command::Rebuild(flags) => commands::rebuild::run(&flags),
        Command::Parked(flags) => commands::parked::run(&flags),
        Command::Stuck(flags) => commands::stuck::run(&flags),
        Command::Doctor(flags) => commands::doctor::run(&flags),
        Command::Menu(command) => commands::menu::run(&command),
        Command::Messages(command) => commands::messages::run(&command),
        Command::Users(flags) => commands::users::run(&flags),
        Command::SandboxMessages(flags) => commands::sandbox_messages::run(&flags),
        Command::Shops(command) => commands::shops::run(&command),
    }
}
