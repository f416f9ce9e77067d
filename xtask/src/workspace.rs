//! Where things are, and how a command is started there.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The checked-out workspace that this program was built from.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the root (two levels above this crate's manifest) and the target folder (two levels
    /// above this program, which cargo has put there).
    ///
    /// # Errors
    /// When the program was moved away from where cargo built it.
    pub(crate) fn of_this_program() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().context("the manifest of xtask stands in no workspace")?;
        let program = std::env::current_exe().context("where this program stands is unknown")?;
        let target = program.ancestors().nth(2).context("this program does not stand in a target folder")?;
        Ok(Self { root: root.to_owned(), target: target.to_owned() })
    }

    /// The target folder.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// A `cargo` command in the root; the very cargo that started this program.
    pub(crate) fn cargo<I, S>(&self, arguments: I) -> Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = self.command(cargo);
        command.args(arguments);
        command
    }

    /// A command in the root.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }
}

/// Runs a command with this terminal as its own; true when it succeeded.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn succeeds(command: &mut Command) -> Result<bool> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    Ok(status.success())
}
