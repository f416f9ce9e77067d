//! The machine and the commit that numbers belong to.

use std::fs;
use std::process::Command;

use crate::process::field;

/// Where the numbers come from.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_gigabytes: u64,
    pub(crate) kernel: String,
    pub(crate) file_system: String,
    pub(crate) commit: String,
    pub(crate) compiler: String,
}

impl Machine {
    /// Looks around; what cannot be found out is `?`.
    pub(crate) fn look(data: &std::path::Path) -> Self {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let data = data.to_string_lossy();
        Self {
            processor: processors
                .lines()
                .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
                .map_or_else(|| "?".to_owned(), |(_, name)| name.to_owned()),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_gigabytes: field(&memory, "MemTotal:").unwrap_or(0) / (1 << 20),
            kernel: said_by("uname", &["-sr"]),
            file_system: said_by("stat", &["--file-system", "--format=%T", data.as_ref()]),
            commit: commit(),
            compiler: said_by("rustc", &["--version"]),
        }
    }
}

/// How much of the machine others took between two looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stolen {
    stolen: u64,
    all: u64,
}

impl Stolen {
    pub(crate) fn now() -> Self {
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        let ticks: Vec<u64> = stat
            .lines()
            .next()
            .unwrap_or("")
            .split_whitespace()
            .filter_map(|tick| tick.parse().ok())
            .collect();
        Self { stolen: ticks.get(7).copied().unwrap_or(0), all: ticks.iter().take(8).sum() }
    }

    /// In percent since then.
    pub(crate) fn percent_since(self, then: Self) -> f64 {
        let all = self.all.saturating_sub(then.all).max(1);
        100.0 * self.stolen.saturating_sub(then.stolen) as f64 / all as f64
    }
}

/// The load average of the last minute.
pub(crate) fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("?").to_owned()
}

fn commit() -> String {
    let commit = said_by("git", &["rev-parse", "--short=12", "HEAD"]);
    let changed = said_by("git", &["status", "--porcelain", "--untracked-files=no"]);
    if changed.is_empty() || changed == "?" { commit } else { format!("{commit} with changes") }
}

fn said_by(program: &str, arguments: &[&str]) -> String {
    let said = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success());
    said.map_or_else(|| "?".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
