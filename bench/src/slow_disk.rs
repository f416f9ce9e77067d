//! A disk whose syncs take longer, as most do: the recorder of `tests/power-recorder`, slipped under a
//! process, holds them up.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

/// How much longer a sync takes: with it as long as on the disk that R4's floor was set by.
const SLOWER_MILLIS: f64 = 3.4;

/// The library, and the folder where it counts.
#[derive(Debug, Clone)]
pub(crate) struct SlowDisk {
    library: PathBuf,
    folder: PathBuf,
}

impl SlowDisk {
    /// Slows everything that is stored under a folder; `None` where the library was not built.
    pub(crate) fn under(folder: &Path) -> Result<Option<Self>> {
        let library = std::env::current_exe()?.with_file_name("libpower_recorder.so");
        let folder = folder.canonicalize()?;
        Ok(library.is_file().then_some(Self { library, folder }))
    }

    /// Starts a program on it.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env("LD_PRELOAD", &self.library).env("POWER_FOLDER", &self.folder);
        command.env("POWER_FAULTS", format!("slow-sync:{SLOWER_MILLIS}"));
        command
    }

    /// The yardstick Y2 on it, taken by a process of its own.
    pub(crate) async fn raw_inserts_per_second(&self, folder: &Path, lasting: Duration) -> Result<f64> {
        let mut command = self.command(std::env::current_exe()?);
        command.arg("raw").arg(folder).arg(lasting.as_secs_f64().to_string());
        let said = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().await?;
        ensure!(said.status.success(), "raw inserts cannot be measured");
        String::from_utf8_lossy(&said.stdout).trim().parse().context("raw inserts have no number")
    }
}
