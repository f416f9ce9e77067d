use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long the program may take to open.
const OPEN_TIMEOUT: Duration = Duration::from_secs(20);

/// This same program, serving as a process of its own; killed when dropped.
pub(super) struct Program {
    child: Child,
    /// Where it serves customers and staff.
    pub(super) address: String,
}

impl Program {
    /// Starts it on a data folder and waits until it is ready.
    pub(super) async fn start(data: &Path) -> Result<Self> {
        let mut child = ours()?
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--admin-listen",
                "127.0.0.1:0",
                "--log",
                "error",
                "--data",
            ])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("jumun serve cannot be started")?;
        let address = tokio::time::timeout(OPEN_TIMEOUT, listening(&mut child)).await;
        match address {
            Ok(Some(address)) => Ok(Self { child, address }),
            _ => bail!("jumun serve did not open"),
        }
    }

    /// Kills it without a word.
    pub(super) async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.context("jumun serve cannot be killed")
    }

    /// Asks it to stop, and waits.
    pub(super) async fn stop(mut self) -> Result<()> {
        let pid = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let Some(pid) = pid else { return Ok(()) };
        kill_process(pid, Signal::TERM)?;
        let status = self.child.wait().await?;
        if !status.success() {
            bail!("jumun serve did not end well: {status}");
        }
        Ok(())
    }
}

/// Another command of this program, without what is set up for this one.
pub(super) fn ours() -> Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("this program cannot find itself")?);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("JUMUN_") {
            command.env_remove(name);
        }
    }
    Ok(command)
}

async fn listening(child: &mut Child) -> Option<String> {
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(address) = line.strip_prefix("listening on ") {
            return Some(address.to_owned());
        }
    }
    None
}
