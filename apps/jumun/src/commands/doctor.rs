//! `jumun doctor`: looks at an installation and says what is wrong with it, and what to do.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use journal::Reader;
use journal_sqlite::{SqliteReader, journal_path};

use crate::data_folder::DataFolder;
use crate::roles::Role;
use crate::sources::strange;

#[derive(Debug, Args)]
pub(crate) struct DoctorFlags {
    /// The data folder.
    #[arg(long, value_name = "DIR", env = "JUMUN_DATA", default_value = "./jumun-data")]
    data: PathBuf,
}

/// Free space below which a full disk is near.
const FREE_BYTES_MIN: u64 = 1 << 30;

struct Visit {
    healthy: bool,
}

impl Visit {
    fn says(&mut self, healthy: bool, what: &str) {
        self.healthy &= healthy;
        println!("{} {what}", if healthy { "ok  " } else { "LOOK" });
    }
}

pub(crate) fn run(flags: &DoctorFlags) -> Result<ExitCode> {
    let mut visit = Visit { healthy: true };
    visit.says(true, &format!("jumun {}", env!("CARGO_PKG_VERSION")));
    match DataFolder::existing(&flags.data) {
        Ok(data) => look_at(&mut visit, &data),
        Err(error) => visit.says(false, &format!("{error}: `jumun serve` makes it, or --data names another")),
    }
    Ok(if visit.healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn look_at(visit: &mut Visit, data: &DataFolder) {
    permissions(visit, data.path());
    space(visit, data.path());
    for role in Role::contexts() {
        if let Err(error) = visit_role(visit, data, role) {
            visit.says(false, &format!("{role}: {error:#} (restore a backup: docs/operations.md)"));
        }
    }
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

fn space(visit: &mut Visit, path: &Path) {
    if let Ok(disk) = rustix::fs::statvfs(path) {
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let enough = free >= FREE_BYTES_MIN;
        let advice = if enough { "" } else { ": make room before the disk is full, orders stop then" };
        visit.says(enough, &format!("{} MB free{advice}", free >> 20));
    }
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
