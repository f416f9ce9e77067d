//! The processes that are measured: the program, and the bare echo.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::clock::Instant;
use crate::process::Watched;
use crate::slow_disk::SlowDisk;

const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// A process that serves; it dies with this value.
pub(crate) struct Server {
    child: Child,
    _said: Lines<BufReader<ChildStdout>>,
    pub(crate) process: Watched,
    pub(crate) address: SocketAddr,
    /// Where operators are served; the echo has none.
    pub(crate) operators: Option<SocketAddr>,
    /// From its start until it said that it listens.
    pub(crate) ready_after: Duration,
}

/// The program under test.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) binary: PathBuf,
    /// The files of the shops that are measured.
    pub(crate) shops: Vec<PathBuf>,
}

impl Program {
    /// Serves its shops from a data folder; what it logs goes beside the folder.
    pub(crate) async fn serve(&self, data: &Path) -> Result<Server> {
        self.serve_as(data, &self.shops, &[]).await
    }

    /// Serves its shops with some roles only: the others' work waits.
    pub(crate) async fn serve_roles(&self, data: &Path, roles: &str) -> Result<Server> {
        self.serve_as(data, &self.shops, &["--roles", roles]).await
    }

    /// Serves the shops that the program carries.
    pub(crate) async fn serve_all_shops(&self, data: &Path) -> Result<Server> {
        self.serve_as(data, &[], &[]).await
    }

    /// Serves its shops to people with accounts of this installation.
    pub(crate) async fn serve_to_accounts(&self, data: &Path) -> Result<Server> {
        self.serve_as(data, &self.shops, &["--identity", "built-in"]).await
    }

    /// Adds an account to a data folder; whether the program knows accounts and has taken it.
    pub(crate) async fn add_account(
        &self,
        data: &Path,
        name: &str,
        role: &str,
        password: &str,
    ) -> Result<bool> {
        let mut command = Command::new(&self.binary);
        command.args(["users", "add", name, "--role", role, "--data"]).arg(data);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let mut input = child.stdin.take().context("it has no input")?;
        // It may have ended without reading.
        let _refused_early = input.write_all(format!("{password}\n").as_bytes()).await;
        drop(input);
        Ok(child.wait().await?.success())
    }

    /// Serves its shops from a slow disk.
    pub(crate) async fn serve_on(&self, disk: &SlowDisk, data: &Path) -> Result<Server> {
        serve(disk.command(&self.binary), data, &self.shops, &[]).await
    }

    async fn serve_as(&self, data: &Path, shops: &[PathBuf], further: &[&str]) -> Result<Server> {
        serve(Command::new(&self.binary), data, shops, further).await
    }

    /// Lets the program check a data folder itself; what it said where it found something.
    pub(crate) async fn verify(&self, data: &Path) -> Result<Result<String, String>> {
        self.look("verify", data).await
    }

    /// Lets it hold the provider's book against ours; what it said where they differ.
    pub(crate) async fn reconcile(&self, data: &Path) -> Result<Result<String, String>> {
        self.look("reconcile", data).await
    }

    async fn look(&self, command: &str, data: &Path) -> Result<Result<String, String>> {
        let output = Command::new(&self.binary).arg(command).arg("--data").arg(data).output().await?;
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Ok(if output.status.success() { Ok(said) } else { Err(said) })
    }
}

/// The bare echo, as a process of its own.
pub(crate) async fn echo() -> Result<Server> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("echo").stderr(Stdio::inherit());
    start(command).await
}

async fn serve(mut command: Command, data: &Path, shops: &[PathBuf], further: &[&str]) -> Result<Server> {
    command.arg("serve").args(shops).args(further).arg("--data").arg(data);
    command.args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
    command.stderr(File::create(data.with_extension("log"))?);
    start(command).await
}

async fn start(mut command: Command) -> Result<Server> {
    let began = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let process = Watched(child.id().context("it ended at once")?);
    let mut said = BufReader::new(child.stdout.take().context("it has no output")?).lines();
    let mut operators = None;
    let listening = async {
        while let Some(line) = said.next_line().await? {
            if let Some(address) = line.strip_prefix("operators on http://") {
                operators = Some(address.parse()?);
            } else if let Some(address) = line.strip_prefix("listening on http://") {
                return Ok(address.parse::<SocketAddr>()?);
            }
        }
        bail!("{:?} ended before it listened", command.as_std().get_program())
    };
    let address = timeout(START_TIMEOUT, listening).await.context("it does not listen")??;
    Ok(Server { ready_after: began.elapsed(), child, _said: said, process, address, operators })
}

impl Server {
    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(mut self) -> Result<()> {
        let process = i32::try_from(self.process.0).ok().and_then(rustix::process::Pid::from_raw);
        rustix::process::kill_process(process.context("no process")?, rustix::process::Signal::TERM)?;
        let status = timeout(STOP_TIMEOUT, self.child.wait()).await.context("it does not stop")??;
        if !status.success() {
            bail!("it stopped with {status}");
        }
        Ok(())
    }

    /// Kills it, as a power cut would, and waits until it is gone.
    pub(crate) async fn kill(mut self) -> Result<()> {
        self.child.kill().await?;
        Ok(())
    }
}
