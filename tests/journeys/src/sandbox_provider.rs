use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::answer::Answer;
use crate::house::House;
use crate::program;

/// How long it may take to open.
const LIMIT: Duration = Duration::from_secs(60);
/// What shops must know.
const KEY: &str = "test_sk_journeys";
/// What it signs with.
const CALLBACK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The sandbox provider as a program of its own, killed when dropped.
#[derive(Debug)]
pub struct SandboxProvider {
    folder: tempfile::TempDir,
    address: String,
    child: Option<Child>,
}

impl SandboxProvider {
    /// A place for a provider: its address and its book, nobody there yet.
    ///
    /// # Panics
    /// When the machine has no port left.
    #[must_use]
    pub fn place() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        Self { folder, address: format!("127.0.0.1:{port}"), child: None }
    }

    /// The configuration of a shop program that pays there, in these words.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    pub fn configuration(&self, words: &str) -> String {
        let path = self.folder.path().join(format!("{words}.toml"));
        let text = format!(
            "callback_secret = \"{CALLBACK_SECRET}\"\n[payment_provider]\nname = \"{words}\"\n\
             url = \"http://{}\"\nkey = \"{KEY}\"\nlapse_seconds = 2\n",
            self.address
        );
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// Starts it, or starts it again on its book; it calls the house back.
    ///
    /// # Panics
    /// When it does not open.
    pub async fn start(&mut self, house: &House) {
        let url = house.url("/v1/payments/callbacks");
        let mut child = Command::from(program::command())
            .args(["sandbox-provider", "--listen", &self.address, "--callback-url", &url, "--data"])
            .arg(self.book())
            .env("JUMUN_PROVIDER_KEY", KEY)
            .env("JUMUN_CALLBACK_SECRET", CALLBACK_SECRET)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = tokio::time::timeout(LIMIT, lines.next_line()).await.unwrap().unwrap();
        assert_eq!(said, Some(format!("listening on http://{}", self.address)));
        self.child = Some(child);
    }

    /// Pulls the plug.
    ///
    /// # Panics
    /// When it is not running.
    pub async fn kill(&mut self) {
        self.child.take().unwrap().kill().await.unwrap();
    }

    /// Switches the line to it.
    pub async fn line_is(&self, mode: Value) {
        let request = reqwest::Client::new().put(format!("http://{}/switch", self.address));
        let _switched = Answer::to(request.bearer_auth(KEY).json(&mode)).await.is(200);
    }

    /// Makes it lose so many in a hundred requests or answers.
    pub async fn line_loses(&self, percent: u8, seed: u64) {
        self.line_is(json!({ "mode": "lossy", "percent": percent, "seed": seed })).await;
    }

    /// The lines of its book.
    pub async fn lines(&self) -> Vec<Value> {
        let request = reqwest::Client::new().get(format!("http://{}/book", self.address));
        Answer::to(request.bearer_auth(KEY)).await.is(200).json().as_array().cloned().unwrap_or_default()
    }

    /// The file of its book.
    #[must_use]
    pub fn book(&self) -> PathBuf {
        self.folder.path().join("book")
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it signs its callbacks with.
    #[must_use]
    pub const fn callback_secret() -> &'static str {
        CALLBACK_SECRET
    }
}

/// Holds the stores of a house against each other, and against a provider's book.
///
/// # Panics
/// With what differs.
pub fn everything_agrees(data: &Path, book: &Path) {
    let (data, book) = (data.display().to_string(), book.display().to_string());
    for command in [vec!["verify", "--data", &data], vec!["reconcile", "--data", &data, "--book", &book]] {
        let told = program::run(&command);
        assert!(told.status.success(), "{command:?}: {}", String::from_utf8_lossy(&told.stdout));
    }
}
