//! The shipped program, started and spoken to as a client would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use crash::bounds::Held;

/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// `jumun serve`, running; killed when dropped, without a chance to tidy up.
#[derive(Debug)]
pub struct Program {
    child: Child,
    address: String,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The text of a field that stands at the top of a JSON body.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        let value: serde_json::Value = serde_json::from_str(&self.body).ok()?;
        Some(value.get(name)?.as_str()?.to_owned())
    }
}

/// Builds the program, which is a moment's work if it is fresh, and says where it lies.
/// `POWER_PROGRAM=path` names another one.
///
/// # Errors
/// When it does not build.
pub fn build() -> Result<PathBuf> {
    if let Some(program) = std::env::var_os("POWER_PROGRAM") {
        return Ok(std::path::absolute(program)?);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--package", "jumun"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    if !command.status().context("starting cargo")?.success() {
        bail!("jumun does not build");
    }
    let here = std::env::current_exe()?;
    let folders = here.ancestors().skip(1).take(2);
    let program = folders.map(|folder| folder.join("jumun")).find(|program| program.is_file());
    program.context("jumun was built, but does not lie beside this program")
}

/// Runs `jumun verify` on a data folder, whether the program runs on it or not.
///
/// # Errors
/// When it cannot be started.
pub fn verify(program: &Path, data: &Path) -> Result<Output> {
    Command::new(program).arg("verify").arg("--data").arg(data).output().context("starting jumun verify")
}

impl Program {
    /// Starts `jumun serve` on a data folder with more environment, and waits until it listens.
    ///
    /// # Errors
    /// With its last words, if it ends before.
    pub fn start(program: &Path, data: &Path, environment: &[(&str, &Path)]) -> Result<Self> {
        let log = data.with_extension("log");
        let mut command = Command::new(program);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data"])
            .arg(data);
        command.envs(environment.iter().copied()).current_dir(data.parent().unwrap_or(data));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(std::fs::File::create(&log)?);
        let mut child = command.spawn().context("starting jumun")?;
        let said = child.stdout.take().context("no standard output")?;
        let listening = BufReader::new(said)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on http://").map(str::to_owned));
        let program = Self { child, address: listening.unwrap_or_default() };
        if program.address.is_empty() {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            bail!("jumun does not open: {}", log.lines().last().unwrap_or("it said nothing"));
        }
        Ok(program)
    }

    /// Reads a resource.
    ///
    /// # Errors
    /// When no answer comes.
    pub fn get(&self, path: &str) -> Result<Answer> {
        self.ask(&format!("GET {path} HTTP/1.1\r\nJumun-Actor: operator:power\r\n"), "")
    }

    /// Posts JSON as somebody, under an idempotency key.
    ///
    /// # Errors
    /// When no answer comes.
    pub fn post(&self, actor: &str, path: &str, key: &str, body: &str) -> Result<Answer> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nJumun-Actor: {actor}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        );
        self.ask(&head, body)
    }

    /// What it holds of the machine now, with its journals in `data`.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn held(&self, data: &Path) -> Result<Held> {
        Held::by(self.child.id(), data)
    }

    fn ask(&self, head: &str, body: &str) -> Result<Answer> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        write!(stream, "{head}Host: {}\r\nConnection: close\r\n\r\n{body}", self.address)?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let (head, body) = text.split_once("\r\n\r\n").context("an answer without an end of its head")?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Ok(Answer { status: status.context("an answer without a status")?, body: body.to_owned() })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
