//! The harnesses: programs of `tests/` and `bench/` that are built and then started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::workspace::{Workspace, succeeds};

/// A program that tests or measures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Harness {
    /// Its package, and its binary.
    pub(crate) name: &'static str,
    /// Packages that are built with it because it starts what they make; it finds them beside
    /// itself.
    pub(crate) beside: &'static [&'static str],
    /// Whether it is built as it would ship.
    pub(crate) release: bool,
}

/// All roles in one thread, in virtual time, with faults from a seed.
pub(crate) const SIMULATION: Harness = Harness { name: "simulation", beside: &[], release: false };

/// Power loss and damage on the real SQLite code.
pub(crate) const POWER: Harness = Harness { name: "power", beside: &["power-recorder"], release: false };

/// Kills of the real program under load.
pub(crate) const CRASH: Harness = Harness { name: "crash", beside: &["jumun"], release: false };

/// Speed, side by side with a bare echo.
pub(crate) const BENCH: Harness =
    Harness { name: "bench", beside: &["jumun", "power-recorder"], release: true };

/// Every harness.
#[cfg(test)]
pub(crate) const HARNESSES: &[Harness] = &[SIMULATION, POWER, CRASH, BENCH];

impl Harness {
    /// Builds it with what it starts, and runs it; true when it succeeded.
    ///
    /// # Errors
    /// When the build fails or the program cannot be started.
    pub(crate) fn build_and_run(&self, workspace: &Workspace, arguments: &[OsString]) -> Result<bool> {
        if !succeeds(&mut workspace.cargo(self.build_arguments()))? {
            bail!("{} does not build", self.name);
        }
        self.run(workspace, workspace.target(), arguments)
    }

    /// Runs it as it was built into `target`; true when it succeeded.
    ///
    /// # Errors
    /// When it is not there or cannot be started.
    pub(crate) fn run(&self, workspace: &Workspace, target: &Path, arguments: &[OsString]) -> Result<bool> {
        let program = self.program(target);
        if !program.is_file() {
            bail!("there is no harness {} in {}", self.name, target.display());
        }
        succeeds(workspace.command(program).args(arguments))
    }

    fn build_arguments(&self) -> Vec<&'static str> {
        let mut arguments = vec!["build", "--package", self.name];
        for package in self.beside {
            arguments.extend(["--package", package]);
        }
        if self.release {
            arguments.push("--release");
        }
        arguments
    }

    fn program(&self, target: &Path) -> PathBuf {
        let profile = if self.release { "release" } else { "debug" };
        target.join(profile).join(self.name).with_extension(std::env::consts::EXE_EXTENSION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_harness_is_built_with_what_it_starts() {
        for harness in HARNESSES {
            let arguments = harness.build_arguments();
            for package in harness.beside {
                assert!(arguments.contains(package), "{} lacks {package}", harness.name);
            }
        }
    }

    #[test]
    fn only_the_bench_is_built_as_it_would_ship() {
        let released: Vec<_> = HARNESSES.iter().filter(|harness| harness.release).collect();
        assert_eq!(released.len(), 1);
        assert!(released[0].build_arguments().contains(&"--release"));
        assert!(released[0].program(Path::new("target")).starts_with("target/release"));
    }
}
