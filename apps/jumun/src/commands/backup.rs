//! `jumun backup` and `jumun restore`: one cut over every store, and its next life.

use std::collections::BTreeSet;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::ProgressBar;
use journal::Reader;
use journal_sqlite::{SqliteReader, journal_path};
use kernel::Clock;
use payment_contract::PaymentEvent;
use payment_service::provider::sandbox::{BOOK_FILE, BookLine};

use crate::clock::SystemClock;
use crate::data_folder::DataFolder;
use crate::issuing::IDENTITY;
use crate::provider_note::NOTE;
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

/// What belongs to the installation beside the stores: its secrets, and who may sign in.
const BESIDE_STORES: [&str; 2] = ["secrets", IDENTITY];
/// Events read at once.
const EVENTS_READ: usize = 4_096;

pub(crate) fn backup(flags: &BackupFlags) -> Result<ExitCode> {
    let data = DataFolder::existing(&flags.data)?;
    let bar = ProgressBar::new(0);
    let now = SystemClock::start().now();
    let manifest =
        journal_sqlite::backup(data.path(), &flags.target, now, env!("CARGO_PKG_VERSION"), &mut |progress| {
            bar.set_length(progress.pages_total);
            bar.set_position(progress.pages_done);
            bar.set_message(progress.role);
        })
        .context("the backup could not be taken")?;
    bar.finish_and_clear();
    copy_beside(data.path(), &flags.target)?;
    copy_book(data.path(), &flags.target)?;
    let note = Path::new(Role::Payment.name()).join(NOTE);
    if data.path().join(&note).is_file() {
        std::fs::copy(data.path().join(&note), flags.target.join(&note))?;
    }
    for copy in &manifest.journals {
        println!("{:<10} {} events", copy.role, copy.head);
    }
    println!("backed up to {}", flags.target.display());
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn restore(flags: &RestoreFlags) -> Result<ExitCode> {
    for role in Role::contexts() {
        if let Ok(data) = DataFolder::existing(&flags.data)
            && data.is_held(role)
        {
            bail!("the role {role} of {} is in use: stop the program first", flags.data.display());
        }
    }
    let manifest = journal_sqlite::restore(&flags.backup, &flags.data)
        .with_context(|| format!("{} cannot be restored", flags.backup.display()))?;
    copy_beside(&flags.backup, &flags.data)?;
    for name in [BOOK_FILE, NOTE] {
        let file = Path::new(Role::Payment.name()).join(name);
        if flags.backup.join(&file).is_file() {
            std::fs::copy(flags.backup.join(&file), flags.data.join(&file))?;
        }
    }
    for copy in &manifest.journals {
        println!("{:<10} {} events, epoch {}", copy.role, copy.head, copy.epoch + 1);
    }
    println!("restored to {}, taken at {}", flags.data.display(), manifest.taken_at);
    Ok(ExitCode::SUCCESS)
}

fn copy_beside(from: &Path, to: &Path) -> Result<()> {
    for name in BESIDE_STORES {
        let (from, to) = (from.join(name), to.join(name));
        if !from.is_dir() {
            continue;
        }
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&to)?;
        for entry in std::fs::read_dir(from)? {
            let entry = entry?;
            // Its mode comes with it.
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// The book of the sandbox provider goes on while the copy is made. What it did for intents that the
/// cut does not hold has not happened in the world that is restored.
fn copy_book(data: &Path, target: &Path) -> Result<()> {
    let payment = Role::Payment.name();
    let book = data.join(payment).join(BOOK_FILE);
    if !book.is_file() {
        return Ok(());
    }
    let intents = intents(&journal_path(target, payment))?;
    let text = std::fs::read_to_string(&book).context("the sandbox's book cannot be read")?;
    let mut kept = Vec::new();
    for line in text.lines() {
        // A line that is being written has no end yet.
        let Ok(parsed) = serde_json::from_str::<BookLine>(line) else { continue };
        let key = match &parsed {
            BookLine::Captured { key, .. } | BookLine::Declined { key, .. } | BookLine::Cancelled { key } => {
                key
            }
            BookLine::Refunded { key, charge_key, .. } => key.as_ref().unwrap_or(charge_key),
        };
        if intents.contains(key) {
            kept.extend_from_slice(&parsed.to_bytes());
        }
    }
    std::fs::write(target.join(payment).join(BOOK_FILE), kept).context("the sandbox's book cannot be copied")
}

/// The keys under which payment meant to call the provider.
fn intents(journal: &Path) -> Result<BTreeSet<String>> {
    let mut reader = SqliteReader::open(journal)?;
    let (mut keys, mut after) = (BTreeSet::new(), 0);
    loop {
        let events = reader.read_after(after, EVENTS_READ)?;
        let Some(last) = events.last() else { return Ok(keys) };
        after = last.position;
        for event in &events {
            // Deposits and what reconciling found have streams of their own.
            if &*event.stream_kind != "payment" {
                continue;
            }
            match event.decode::<PaymentEvent>()? {
                PaymentEvent::Requested(requested) => keys.insert(requested.provider_key),
                PaymentEvent::RefundRequested(wish) => keys.insert(wish.provider_key),
                _ => continue,
            };
        }
    }
}
