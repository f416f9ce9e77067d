//! The siege: the bench under slow payment, overload and the documents' own load, for which Debian has
//! the program `siege`.

use std::ffi::OsString;
use std::process::Stdio;

use anyhow::Result;

use crate::harness::BENCH;
use crate::workspace::{Workspace, succeeds};

const PROGRAM: &str = "siege";

/// Builds and runs it; true when all that must hold held.
///
/// # Errors
/// When it does not build or cannot be started.
pub(crate) fn run(workspace: &Workspace, arguments: Vec<OsString>) -> Result<bool> {
    if !is_there(workspace) {
        install(workspace);
    }
    let mut all = vec![OsString::from(PROGRAM)];
    all.extend(arguments);
    BENCH.build_and_run(workspace, &all)
}

/// Without it everything is shown but the documents' own line, and the table says so.
fn install(workspace: &Workspace) {
    let mut get = workspace.command("apt-get");
    get.args(["install", "--yes", "--quiet", PROGRAM]).stdout(Stdio::null());
    if !succeeds(&mut get).unwrap_or(false) || !is_there(workspace) {
        println!(
            "the program `{PROGRAM}` is not here and could not be installed; the documents' own line is left out \
             (as root on Debian: apt-get install {PROGRAM})"
        );
    }
}

fn is_there(workspace: &Workspace) -> bool {
    let mut ask = workspace.command(PROGRAM);
    succeeds(ask.arg("--version").stdout(Stdio::null()).stderr(Stdio::null())).is_ok()
}
