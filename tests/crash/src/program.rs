//! The program under test: started, killed, told to end, and its `verify`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{sleep, timeout};

use crate::bounds::Held;

const READY_TIMEOUT: Duration = Duration::from_secs(30);
const END_TIMEOUT: Duration = Duration::from_secs(30);
const READY_LINE: &str = "listening on ";
/// Lines of its log that are told when it does not do what it should.
const LOG_LINES: usize = 20;

/// What is started, and where it keeps everything.
#[derive(Debug, Clone)]
pub struct Site {
    /// The program.
    pub binary: PathBuf,
    /// Its data folder.
    pub data: PathBuf,
    /// Where its log goes.
    pub log: PathBuf,
    /// The shops that it opens.
    pub shops: Vec<PathBuf>,
}

/// One life of the program.
pub struct Program {
    child: Child,
    /// Kept open: a program that cannot print its last line would not end as it should.
    _stdout: Lines<BufReader<ChildStdout>>,
    /// Where it is served.
    pub url: String,
}

impl Site {
    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// When it ends instead, or is not ready in time, with the end of its log.
    pub async fn start(&self) -> Result<Program> {
        let mut child = self.spawn()?;
        let stdout = child.stdout.take().context("it has no standard output")?;
        let mut stdout = BufReader::new(stdout).lines();
        let ready = async {
            while let Some(line) = stdout.next_line().await? {
                if let Some(url) = line.strip_prefix(READY_LINE) {
                    return Ok(url.to_owned());
                }
            }
            bail!("it ended before it was ready");
        };
        match timeout(READY_TIMEOUT, ready).await {
            Ok(Ok(url)) => Ok(Program { child, _stdout: stdout, url }),
            Ok(Err(error)) => Err(error.context(self.end_of_log())),
            Err(_) => bail!("it is not ready after {} s\n{}", READY_TIMEOUT.as_secs(), self.end_of_log()),
        }
    }

    /// Starts it and kills it after a while, ready or not.
    ///
    /// # Errors
    /// When it ended by itself.
    pub async fn start_and_kill(&self, after: Duration) -> Result<()> {
        let mut child = self.spawn()?;
        sleep(after).await;
        self.kill_child(&mut child).await
    }

    /// Kills it as the operating system kills: at once, whatever it does.
    ///
    /// # Errors
    /// When it ended by itself.
    pub async fn kill(&self, mut program: Program) -> Result<()> {
        self.kill_child(&mut program.child).await
    }

    /// What it holds of the machine now.
    ///
    /// # Errors
    /// When it ended by itself, or the system does not tell.
    pub fn held(&self, program: &Program) -> Result<Held> {
        let process =
            program.child.id().with_context(|| format!("it ended by itself\n{}", self.end_of_log()))?;
        Held::by(process, &self.data)
    }

    /// Asks it to end, as `kill` without a number does; it must end well.
    ///
    /// # Errors
    /// When it does not, with the end of its log.
    pub async fn end(&self, mut program: Program) -> Result<()> {
        let id = program.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let id = id.with_context(|| format!("it ended by itself\n{}", self.end_of_log()))?;
        kill_process(id, Signal::TERM)?;
        let ended = timeout(END_TIMEOUT, program.child.wait()).await;
        match ended {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => bail!("told to end, it ended with {status}\n{}", self.end_of_log()),
            _ => bail!("told to end, it did not within {} s\n{}", END_TIMEOUT.as_secs(), self.end_of_log()),
        }
    }

    /// Runs `verify` on the data folder; what it printed where it is not green.
    ///
    /// # Errors
    /// When it cannot be run.
    pub async fn verify(&self) -> Result<Option<String>> {
        let output = self.command().arg("verify").arg("--data").arg(&self.data).output().await?;
        if output.status.success() {
            return Ok(None);
        }
        let said = [output.stdout, output.stderr].concat();
        Ok(Some(String::from_utf8_lossy(&said).into_owned()))
    }

    /// Lines of its log that no kill explains.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn panics(&self) -> Result<Vec<String>> {
        let log = read(&self.log)?;
        Ok(log.lines().filter(|line| line.contains("panicked")).map(str::to_owned).collect())
    }

    async fn kill_child(&self, child: &mut Child) -> Result<()> {
        if let Some(status) = child.try_wait()? {
            bail!("it ended by itself with {status}\n{}", self.end_of_log());
        }
        child.kill().await.context("it cannot be killed")
    }

    fn spawn(&self) -> Result<Child> {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(&self.log)?;
        let mut command = self.command();
        command.arg("serve").args(&self.shops).arg("--data").arg(&self.data);
        command.args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--log", "warn"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        command.spawn().with_context(|| format!("{} cannot be started", self.binary.display()))
    }

    /// The program, with nothing of this process's settings.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("JUMUN_") {
                command.env_remove(name);
            }
        }
        command
    }

    fn end_of_log(&self) -> String {
        let log = read(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }
}

fn read(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
