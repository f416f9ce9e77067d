//! What the program holds of its machine while it is busy (I27): memory, open files, and the logs of
//! its journals must stay under their caps in every run.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Memory that is resident, in bytes: every role with its caches, and room for what is under way.
const RESIDENT_MAX: u64 = 768 << 20;
/// Journals, readers, sockets of everybody who comes.
const FILES_MAX: u64 = 512;
/// A log is reset at its cap; only a reader that does not end may hold that up, to four times of it.
const LOG_MAX: u64 = 4 * (32 << 20);

const MEBIBYTE: u64 = 1 << 20;

/// What a program held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Memory that was resident at most, in bytes.
    pub resident_bytes: u64,
    /// Files that were open.
    pub files: u64,
    /// The longest log of a journal, in bytes.
    pub log_bytes: u64,
}

impl Held {
    /// What a running program holds, whose journals are in `data`.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn by(process: u32, data: &Path) -> Result<Self> {
        let status = fs::read_to_string(format!("/proc/{process}/status")).context("its memory")?;
        let files = fs::read_dir(format!("/proc/{process}/fd")).context("its open files")?.count();
        Ok(Self {
            resident_bytes: resident(&status).context("its memory is not told")?,
            files: files as u64,
            log_bytes: longest_log(data)?,
        })
    }

    /// The most of both.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            resident_bytes: self.resident_bytes.max(other.resident_bytes),
            files: self.files.max(other.files),
            log_bytes: self.log_bytes.max(other.log_bytes),
        }
    }

    /// What is more than it may be.
    #[must_use]
    pub fn beyond(&self) -> Vec<String> {
        let held = [
            ("bytes of memory", self.resident_bytes, RESIDENT_MAX),
            ("open files", self.files, FILES_MAX),
            ("bytes of log", self.log_bytes, LOG_MAX),
        ];
        let beyond = held.iter().filter(|(_, found, most)| found > most);
        beyond.map(|(what, found, most)| format!("I27: {found} {what}, expected at most {most}")).collect()
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (memory, log) = (self.resident_bytes / MEBIBYTE, self.log_bytes.div_ceil(MEBIBYTE));
        write!(f, "{memory} MiB of memory, {} open files, a log of {log} MiB", self.files)
    }
}

/// The line `VmHWM:    81920 kB`: the most that was ever resident.
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

fn longest_log(data: &Path) -> Result<u64> {
    let mut longest = 0;
    for role in fs::read_dir(data).context("its data folder")? {
        let role = role?.path();
        if !role.is_dir() {
            continue;
        }
        for file in fs::read_dir(role)? {
            let file = file?;
            if file.file_name().to_string_lossy().ends_with("-wal") {
                longest = longest.max(file.metadata().map_or(0, |metadata| metadata.len()));
            }
        }
    }
    Ok(longest)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[test]
    fn this_very_process_is_under_every_cap() {
        let folder = tempfile::tempdir().unwrap();
        let role = folder.path().join("ordering");
        fs::create_dir(&role).unwrap();
        fs::write(role.join("journal.db-wal"), [0; 9]).unwrap();
        let held = Held::by(std::process::id(), folder.path()).unwrap();
        assert!(held.resident_bytes > 0 && held.files > 0, "{held}");
        assert_eq!(held.log_bytes, 9);
        assert_eq!(held.beyond(), Vec::<String>::new());
    }

    #[test]
    fn whatever_grows_beyond_its_cap_is_named() {
        let held = Held { resident_bytes: RESIDENT_MAX + 1, files: FILES_MAX + 1, log_bytes: LOG_MAX + 1 };
        assert_eq!(held.beyond().len(), 3);
    }
}
