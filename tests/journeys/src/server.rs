use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::program;

/// How long a program may take to open or to close.
const LIMIT: Duration = Duration::from_secs(60);

/// A running program, killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    log: PathBuf,
    /// Where customers and staff are served: `http://127.0.0.1:PORT`.
    pub public: String,
    /// Where operators are served.
    pub operators: String,
    /// What else it said on its terminal before it was ready, line by line.
    pub said: Vec<String>,
}

impl Server {
    /// Starts `jumun serve` on ports of its own, and waits until it is ready.
    ///
    /// # Panics
    /// With its log, when it does not become ready.
    pub async fn start(data: &Path, arguments: &[&str]) -> Self {
        match Self::try_start(data, arguments).await {
            Ok(server) => server,
            Err((status, log)) => panic!("jumun serve {arguments:?} did not open ({status:?}):\n{log}"),
        }
    }

    /// Starts `jumun serve`; where it ends instead of opening, answers how and with which words.
    ///
    /// # Errors
    /// When it ends before it is ready, or is not ready in time.
    pub async fn try_start(data: &Path, arguments: &[&str]) -> Result<Self, (Option<ExitStatus>, String)> {
        let log = log_path(data);
        let mut command = Command::from(program::command());
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).unwrap())
            .kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let opened = tokio::time::timeout(LIMIT, addresses(&mut child)).await;
        match opened {
            Ok(Some((public, operators, said))) => Ok(Self { child, log, public, operators, said }),
            Ok(None) => Err((child.wait().await.ok(), read(&log))),
            Err(_) => Err((None, read(&log))),
        }
    }

    /// The process.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Pulls the plug: no signal that it could answer.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks it to stop, and answers how it ended.
    pub async fn stop(mut self) -> ExitStatus {
        self.ask_to_stop();
        tokio::time::timeout(LIMIT, self.child.wait()).await.unwrap().unwrap()
    }

    /// Sends SIGTERM and does not wait.
    pub fn ask_to_stop(&self) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
    }

    /// Waits for its end.
    pub async fn ended(mut self) -> ExitStatus {
        tokio::time::timeout(LIMIT, self.child.wait()).await.unwrap().unwrap()
    }

    /// What it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        read(&self.log)
    }
}

fn log_path(data: &Path) -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static STARTS: AtomicU32 = AtomicU32::new(1);
    let start = STARTS.fetch_add(1, Ordering::Relaxed);
    data.parent().unwrap_or(data).join(format!("server-{start}.log"))
}

fn read(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}

/// Reads the two lines that it says once ready, and those before.
async fn addresses(child: &mut Child) -> Option<(String, String, Vec<String>)> {
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    let (mut public, mut operators, mut said) = (None, None, Vec::new());
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(address) = line.strip_prefix("operators on ") {
            operators = Some(address.to_owned());
        }
        if let Some(address) = line.strip_prefix("listening on ") {
            public = Some(address.to_owned());
        }
        if let (Some(public), Some(operators)) = (&public, &operators) {
            return Some((public.clone(), operators.clone(), said));
        }
        said.push(line);
    }
    None
}
