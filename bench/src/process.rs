//! What the system knows of a process: processor time, memory, bytes written.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// The unit of times in `stat`: the same on every Linux, whatever its kernel ticks at.
const TICKS_PER_SECOND: f64 = 100.0;

/// A process that is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watched(pub(crate) u32);

impl Watched {
    /// Processor time of all its threads since its start, in seconds.
    pub(crate) fn cpu_seconds(self) -> Result<f64> {
        let text = self.read("stat")?;
        cpu_seconds_of(&text).with_context(|| format!("process {} has a strange stat", self.0))
    }

    /// Processor time of the threads that are alive, in nanoseconds: finer than ticks.
    pub(crate) fn cpu_nanos(self) -> Result<u64> {
        let mut nanos = 0;
        for thread in fs::read_dir(self.path("task"))? {
            let text = fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
            nanos += text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0);
        }
        Ok(nanos)
    }

    /// Memory in use, in megabytes.
    pub(crate) fn memory_megabytes(self) -> Result<f64> {
        let kibibytes = field(&self.read("status")?, "VmRSS:").context("no VmRSS")?;
        Ok(kibibytes as f64 / 1_024.0)
    }

    /// Bytes it caused to be written to disks since its start.
    pub(crate) fn bytes_written(self) -> Result<u64> {
        field(&self.read("io")?, "write_bytes:").context("no write_bytes")
    }

    fn path(self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.0))
    }

    fn read(self, name: &str) -> Result<String> {
        let path = self.path(name);
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))
    }
}

/// Processor time of this process, in seconds.
pub(crate) fn own_cpu_seconds() -> f64 {
    Watched(std::process::id()).cpu_seconds().unwrap_or(0.0)
}

/// The number behind a name at the beginning of a line.
pub(crate) fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// User and system time follow the name, which may hold anything but ends with the last bracket.
fn cpu_seconds_of(stat: &str) -> Option<f64> {
    let (_, behind_name) = stat.rsplit_once(')')?;
    let mut fields = behind_name.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) as f64 / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_found_behind_a_strange_name() {
        let stat = "42 (a b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0";
        assert_eq!(cpu_seconds_of(stat), Some(2.0));
    }

    #[test]
    fn a_field_is_the_number_behind_its_name() {
        assert_eq!(field("VmPeak:\t 9 kB\nVmRSS:\t 1234 kB\n", "VmRSS:"), Some(1234));
        assert_eq!(field("", "VmRSS:"), None);
    }
}
