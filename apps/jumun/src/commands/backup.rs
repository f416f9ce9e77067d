//! `jumun backup` and `jumun restore`: one cut over every store, and its next life.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::ProgressBar;
use kernel::Clock;
use payment_service::provider::sandbox::BOOK_FILE;

use crate::clock::SystemClock;
use crate::data_folder::DataFolder;
use crate::roles::Role;

#[derive(Debug, Args)]
pub(crate) struct BackupFlags {
    /// The data folder; it may be in use.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data")]
    data: PathBuf,
    /// Where the backup is put: a folder that is empty or not there yet.
    #[arg(value_name = "TARGET")]
    target: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreFlags {
    /// The backup.
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,
    /// The new data folder: empty or not there yet.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data")]
    data: PathBuf,
}

/// What belongs to the installation beside the stores.
const SECRETS: &str = "secrets";

pub(crate) fn backup(flags: &BackupFlags) -> Result<ExitCode> {
    let data = DataFolder::existing(&flags.data)?;
    let bar = ProgressBar::new(0);
    let now = SystemClock::start().now();
    let manifest = journal_sqlite::backup(data.path(), &flags.target, now, env!("CARGO_PKG_VERSION"), &mut |progress| {
        bar.set_length(progress.pages_total);
        bar.set_position(progress.pages_done);
        bar.set_message(progress.role);
    })
    .context("the backup could not be taken")?;
    bar.finish_and_clear();
    copy_beside(data.path(), &flags.target)?;
    for copy in &manifest.journals {
        println!("{:<10} {} events", copy.role, copy.head);
    }
    println!("backed up to {}", flags.target.display());
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn restore(flags: &RestoreFlags) -> Result<ExitCode> {
    for role in Role::all() {
        if let Ok(data) = DataFolder::existing(&flags.data)
            && data.is_held(role)
        {
            bail!("the role {role} of {} is in use: stop the program first", flags.data.display());
        }
    }
    let manifest = journal_sqlite::restore(&flags.backup, &flags.data)
        .with_context(|| format!("{} cannot be restored", flags.backup.display()))?;
    copy_beside(&flags.backup, &flags.data)?;
    for copy in &manifest.journals {
        println!("{:<10} {} events, epoch {}", copy.role, copy.head, copy.epoch + 1);
    }
    println!("restored to {}, taken at {}", flags.data.display(), manifest.taken_at);
    Ok(ExitCode::SUCCESS)
}

/// Secrets, and the book of the sandbox provider: it is outside, and stands as it stood then or later.
fn copy_beside(from: &Path, to: &Path) -> Result<()> {
    let folders = [(from.join(SECRETS), to.join(SECRETS))];
    for (from, to) in folders.iter().filter(|(from, _)| from.is_dir()) {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from)? {
            let entry = entry?;
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    let payment = Role::Payment.name();
    let book = from.join(payment).join(BOOK_FILE);
    if book.is_file() {
        std::fs::create_dir_all(to.join(payment))?;
        std::fs::copy(&book, to.join(payment).join(BOOK_FILE)).context("the sandbox's book could not be copied")?;
    }
    Ok(())
}
