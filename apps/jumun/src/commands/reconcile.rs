//! `jumun reconcile`: the provider's book, the ledger and the orders' payments, held against each other.
//!
//! It reads only; the program itself settles what it finds, shortly after its start and every so often.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use journal::Reader;
use journal_sqlite::{Cut, Options};
use kernel::Clock as _;
use payment_service::audit::PaymentAudit;
use payment_service::provider::sandbox::{BOOK_FILE, OurBook};
use payment_service::reconcile::{ProviderReport, reconcile};

use crate::clock::SystemClock;
use crate::data_folder::DataFolder;
use crate::provider_note;
use crate::roles::Role;

const PAGE: usize = 4_096;

#[derive(Debug, Args)]
pub(crate) struct ReconcileFlags {
    /// The data folder.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data")]
    pub(crate) data: PathBuf,
    /// The book of a sandbox provider that is a program of its own.
    #[arg(long, value_name = "FILE")]
    pub(crate) book: Option<PathBuf>,
}

pub(crate) fn run(flags: &ReconcileFlags) -> Result<ExitCode> {
    let data = DataFolder::existing(&flags.data)?;
    let book = match (&flags.book, provider_note::is_sandbox(&data)) {
        (Some(book), _) => Some(book.clone()),
        (None, true) => Some(data.role(Role::Payment).join(BOOK_FILE)),
        (None, false) => None,
    };
    // Theirs first: whatever it says, ours has the intent of it then.
    let read_at = SystemClock::start().now();
    let theirs = book.as_deref().map(ProviderReport::load).transpose();
    let theirs = theirs.context("the provider's book cannot be read")?;
    let mut cut = Cut::take(data.path(), &Options::default()).context("the stores cannot be cut")?;
    let (mut ours, mut audit, mut orders) = (OurBook::default(), PaymentAudit::default(), 0usize);
    let mut lines = Vec::new();
    for reader in cut.readers().iter_mut().filter(|reader| reader.role() == Role::Payment.name()) {
        let mut after = 0;
        loop {
            let events = reader.read_after(after, PAGE)?;
            for event in &events {
                ours.take(event);
                audit.take(event);
            }
            match events.last() {
                Some(last) => after = last.position,
                None => break,
            }
        }
        orders += ours.charges().count();
        let reader: &mut dyn Reader = reader;
        lines.extend(audit.compare_ledger(reader)?.iter().map(|finding| format!("ledger: {finding}")));
        lines.extend(audit.findings().iter().map(|finding| format!("payments: {finding}")));
    }
    if theirs.is_none() {
        println!(
            "the payments were made at {}, whose book is not here: the program asks it by itself; only the \
             ledger and the payments were held against each other",
            provider_note::noted(&data)
        );
    }
    for found in theirs.map(|theirs| reconcile(&ours, &theirs, read_at)).unwrap_or_default() {
        let kind = found.kind.as_str();
        lines.push(format!(
            "{kind}: charge {}: we have {}, the provider {}: {}",
            found.charge_key, found.ours, found.theirs, found.explanation
        ));
    }
    for line in &lines {
        println!("{line}");
    }
    println!("{orders} charges, {} differences", lines.len());
    Ok(if lines.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
