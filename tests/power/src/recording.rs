//! Running the worker with the recorder under it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::image::Image;
use crate::plan::Plan;
use crate::trace::{AcknowledgementLog, Trace};
use crate::worker;

/// A recorded run.
#[derive(Debug)]
pub struct Recording {
    /// What was run.
    pub plan: Plan,
    /// What happened.
    pub trace: Trace,
    /// The folder that was recorded, by the name that the trace uses.
    pub folder: String,
    /// What the worker returned.
    pub exit_code: i32,
    /// What the worker said.
    pub said: String,
    /// The folder as the worker left it, where it was kept.
    pub left: Option<TempDir>,
}

impl Recording {
    /// Reads a kept trace.
    ///
    /// # Errors
    /// When it is not the trace of a worker.
    pub fn read(trace: &Path) -> Result<Self> {
        let trace = Trace::read(trace)?;
        let (folder, plan) = worker::plan_of(trace.acknowledgements(trace.records().len()))?;
        Ok(Self { plan, trace, folder, exit_code: 0, said: String::new(), left: None })
    }
}

/// How workers are started.
#[derive(Debug, Clone)]
pub struct Recorder {
    program: PathBuf,
    library: PathBuf,
    /// A bug of the product to switch on in the worker (feature `planted`).
    pub planted: Option<String>,
}

impl Recorder {
    /// The recorder beside this program.
    ///
    /// # Errors
    /// When the library has not been built.
    pub fn beside_this_program() -> Result<Self> {
        let here = std::env::current_exe()?;
        let folder = here.parent().context("this program lies in no folder")?;
        let up = folder.parent().context("this program lies in no folder")?;
        // A test lies in `deps`, the program above it. A library built as a dependency lies in `deps`.
        let library = ["deps", "."]
            .iter()
            .flat_map(|below| [folder.join(below), up.join(below)])
            .map(|place| place.join("libpower_recorder.so"))
            .find(|library| library.exists())
            .context("libpower_recorder.so is missing: cargo build -p power-recorder")?;
        let program = [folder.join("power"), up.join("power")]
            .into_iter()
            .find(|program| program.exists())
            .context("the program power is missing: cargo build -p power")?;
        Ok(Self { program, library, planted: None })
    }

    /// The shared library that records.
    #[must_use]
    pub fn library(&self) -> &Path {
        &self.library
    }

    /// Runs a plan in a fresh folder, with faults injected as `power_recorder::faults` names them.
    ///
    /// # Errors
    /// When the worker cannot be run, or its trace not be read.
    pub fn record(&self, plan: &Plan, faults: &str) -> Result<Recording> {
        self.record_behind(plan, faults, &Image::default(), 0)
    }

    /// Runs a plan on what an earlier run left behind, of which `acknowledged` batches were
    /// acknowledged: a second life, which may be cut again.
    ///
    /// # Errors
    /// When the worker cannot be run, or its trace not be read.
    pub fn record_behind(
        &self,
        plan: &Plan,
        faults: &str,
        before: &Image,
        acknowledged: u64,
    ) -> Result<Recording> {
        let place = scratch_folder()?;
        let folder = place.path().join("data");
        before.write_to(&folder)?;
        let folder = folder.canonicalize()?;
        let trace_file = place.path().join("trace");
        let mut log = AcknowledgementLog::open(&trace_file)?;
        log.acknowledge(&worker::plan_text(&folder, plan))?;
        log.tell_of(&folder, before)?;
        if acknowledged > 0 {
            log.acknowledge(&worker::batch_text(acknowledged))?;
        }
        log.acknowledge(worker::BEGIN)?;
        let output = self
            .command(plan, &folder, &trace_file)
            .env("LD_PRELOAD", &self.library)
            .env("POWER_FOLDER", &folder)
            .env("POWER_TRACE", &trace_file)
            .env("POWER_FAULTS", faults)
            .output()
            .context("running the worker")?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let Some(exit_code) = output.status.code() else {
            bail!("the worker was killed: {said}");
        };
        let trace = Trace::read(&trace_file)?;
        let folder = folder.display().to_string();
        Ok(Recording { plan: *plan, trace, folder, exit_code, said, left: Some(place) })
    }

    fn command(&self, plan: &Plan, folder: &Path, trace: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("worker").arg("--plan").arg(plan.to_string());
        command.arg("--folder").arg(folder).arg("--trace").arg(trace);
        if let Some(bug) = &self.planted {
            command.arg("--planted").arg(bug);
        }
        command
    }
}

/// A fresh folder, in memory where the machine has such a place: the states need no real disk, the
/// trace knows what was synced.
///
/// # Errors
/// When none can be made.
pub fn scratch_folder() -> Result<TempDir> {
    let memory = Path::new("/dev/shm");
    let builder = || {
        let mut builder = tempfile::Builder::new();
        builder.prefix("jumun-power-");
        builder
    };
    if let Ok(folder) = builder().tempdir_in(memory) {
        return Ok(folder);
    }
    Ok(builder().tempdir()?)
}
