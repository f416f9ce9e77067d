//! `jumun doctor`: looks at an installation and says what is wrong with it, and what to do.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use catalog_contract::ShopDirectory;
use clap::Args;
use edge::actor::ActorRole;
use journal::Reader;
use journal_sqlite::{SqliteReader, journal_path};

use crate::clock::SystemClock;
use crate::data_folder::DataFolder;
use crate::issuing::{IDENTITY, open_issuer};
use crate::provider_note;
use crate::roles::Role;
use crate::settings::Identity;
use crate::settings::messages::{NOT_SET_UP, missing_ways};
use crate::settings::set_up_messages;
use crate::sources::strange;

#[derive(Debug, Args)]
pub(crate) struct DoctorFlags {
    /// The data folder.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data")]
    data: PathBuf,
    /// Who may call, as `jumun serve` is told.
    #[arg(long, value_name = "HOW", env = "JUMUN_IDENTITY")]
    identity: Option<Identity>,
    /// The file of settings that the program is started with, where it has one.
    #[arg(long, value_name = "FILE", env = "JUMUN_CONFIG")]
    config: Option<PathBuf>,
}

/// Free space below which a full disk is near.
const FREE_BYTES_MIN: u64 = 1 << 30;

/// Events read at once.
const EVENTS_AT_ONCE: usize = 1_000;

struct Visit {
    healthy: bool,
}

impl Visit {
    fn says(&mut self, healthy: bool, what: &str) {
        self.healthy &= healthy;
        println!("{} {what}", if healthy { "ok  " } else { "LOOK" });
    }

    /// What may well be meant so.
    fn notes(what: &str) {
        println!("note {what}");
    }
}

pub(crate) fn run(flags: &DoctorFlags) -> Result<ExitCode> {
    let mut visit = Visit { healthy: true };
    visit.says(true, &format!("jumun {}", env!("CARGO_PKG_VERSION")));
    match DataFolder::existing(&flags.data) {
        Ok(data) => {
            look_at(&mut visit, &data, flags.identity);
            if let Err(error) = messages(&data, flags.config.as_deref()) {
                visit.says(false, &format!("messages: {error:#}"));
            }
        }
        Err(error) => visit.says(false, &format!("{error}: `jumun serve` makes it, or --data names another")),
    }
    Ok(if visit.healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn look_at(visit: &mut Visit, data: &DataFolder, identity: Option<Identity>) {
    permissions(visit, data.path());
    if let Err(error) = who_may_call(visit, data, identity) {
        visit.says(false, &format!("identity: {error:#}"));
    }
    space(visit, data.path());
    for role in Role::contexts() {
        if let Err(error) = visit_role(visit, data, role) {
            visit.says(false, &format!("{role}: {error:#} (restore a backup: docs/operations.md)"));
        }
    }
    visit.says(true, &format!("payments are made at: {}", provider_note::noted(data)));
    let strange = strange(data);
    visit.says(strange.is_empty(), "every role knows the journals of its neighbours");
    for line in strange {
        println!("       {line}");
    }
}

fn permissions(visit: &mut Visit, path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_or(0, |meta| meta.permissions().mode() & 0o777);
    let private = mode & 0o077 == 0;
    let advice = if private { "" } else { ": others on this machine can read it (chmod 700)" };
    visit.says(private, &format!("{} has mode {mode:o}{advice}", path.display()));
}

/// What is configured, and what is missing for it.
fn who_may_call(visit: &mut Visit, data: &DataFolder, identity: Option<Identity>) -> Result<()> {
    let folder = data.path().join(IDENTITY);
    if folder.is_dir() {
        permissions(visit, &folder);
    }
    match identity {
        None | Some(Identity::Open) => {
            visit.says(true, "identity: open, so whoever reaches the port is believed (--identity)");
        }
        Some(Identity::Oidc) => {
            visit.says(true, "identity: oidc, so people and their roles are the issuer's matter");
        }
        Some(Identity::BuiltIn) => {
            let issuer = open_issuer(data.path(), Arc::new(SystemClock::start()))?;
            let accounts = issuer.accounts();
            let runs_it = accounts.iter().filter(|(_, account)| {
                account.grants().iter().any(|grant| grant.role == ActorRole::Operator && grant.shop.is_none())
            });
            let operators = runs_it.count();
            let advice = match (accounts.len(), operators) {
                (0, _) => ": `jumun users add`, or the code that `jumun serve` says at its start",
                (_, 0) => ": nobody is operator (jumun users roles NAME --role operator)",
                _ => "",
            };
            let (count, devices) = (accounts.len(), issuer.devices().len());
            visit.says(
                operators > 0,
                &format!("identity: built-in, {count} accounts, {operators} of operators, {devices} devices{advice}"),
            );
            for key in issuer.keys().standing() {
                let until =
                    key.good_until.map_or("signs".to_owned(), |until| format!("is good until {until}"));
                visit.says(true, &format!("identity: the key {} of {} {until}", key.id, key.made_at));
            }
        }
    }
    Ok(())
}

fn space(visit: &mut Visit, path: &Path) {
    if let Ok(disk) = rustix::fs::statvfs(path) {
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let enough = free >= FREE_BYTES_MIN;
        let advice = if enough { "" } else { ": make room before the disk is full, orders stop then" };
        visit.says(enough, &format!("{} MB free{advice}", free >> 20));
    }
}

/// The channels that shops name and nobody has set up.
fn messages(data: &DataFolder, config: Option<&Path>) -> Result<()> {
    let path = journal_path(data.path(), Role::Catalog.name());
    if !path.is_file() {
        return Ok(());
    }
    let set_up = set_up_messages(config)?;
    let mut shops = ShopDirectory::default();
    let mut reader = SqliteReader::open(&path)?;
    let mut position = 0;
    loop {
        let events = reader.read_after(position, EVENTS_AT_ONCE)?;
        let Some(last) = events.last() else { break };
        position = last.position;
        for event in &events {
            shops.apply(&event.decode()?);
        }
    }
    for (shop, channel) in missing_ways(shops.shops().map(AsRef::as_ref), &set_up) {
        Visit::notes(&format!("{shop}: `{}`: {NOT_SET_UP} (docs/operations.md)", channel.as_str()));
    }
    Ok(())
}

fn visit_role(visit: &mut Visit, data: &DataFolder, role: Role) -> Result<()> {
    let path = journal_path(data.path(), role.name());
    if !path.is_file() {
        visit.says(true, &format!("{role}: never started here"));
        return Ok(());
    }
    let held = match (data.is_held(role), data.holder(role)) {
        (true, Some(holder)) => format!("held by process {}", holder.process_id),
        (true, None) => "held by some process".to_owned(),
        (false, Some(holder)) => format!("not running (process {} ended without a word)", holder.process_id),
        (false, None) => "not running".to_owned(),
    };
    let mut reader = SqliteReader::open(&path)?;
    let (head, timers, parked) = (reader.head()?, reader.timers()?.len(), reader.parked()?.len());
    let advice = if parked == 0 { "" } else { ": see `jumun parked`" };
    visit.says(
        parked == 0,
        &format!("{role}: {held}; {head} events, {timers} timers, {parked} parked{advice}"),
    );
    Ok(())
}
