//! How people reach the program: requests over HTTP, each answered or not.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;

/// Longer than anything may take: a program that hangs is not waited for.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// A request as it is sent, and sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The path.
    pub path: String,
    /// Who asks.
    pub actor: String,
    /// The idempotency key.
    pub key: Option<String>,
    /// JSON.
    pub body: String,
}

/// What came back, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Nothing came back, or half of it: what was asked may have been done or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unanswered;

/// A way to one life of the program.
#[derive(Debug, Clone)]
pub struct Wire {
    client: reqwest::Client,
    url: String,
}

impl Wire {
    /// To the program at a URL.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn new(url: &str) -> Result<Self> {
        let client = reqwest::Client::builder().no_proxy().timeout(ANSWER_TIMEOUT).build()?;
        Ok(Self { client, url: url.to_owned() })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// [`Unanswered`].
    pub async fn post(&self, request: &Request) -> Result<Answer, Unanswered> {
        let mut sent = self
            .client
            .post(format!("{}{}", self.url, request.path))
            .header("content-type", "application/json")
            .header("jumun-actor", &request.actor)
            .body(request.body.clone());
        if let Some(key) = &request.key {
            sent = sent.header("idempotency-key", key);
        }
        let answer = sent.send().await.map_err(|_| Unanswered)?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(|_| Unanswered)?;
        Ok(Answer { status, body: body.to_vec() })
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// When it is not answered, or with something else.
    pub async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let request = self.client.get(format!("{}{path}", self.url)).header("jumun-actor", "operator:crash");
        let answer = request.send().await.with_context(|| format!("{path} is not answered"))?;
        let status = answer.status();
        let body = answer.bytes().await.with_context(|| format!("{path} is not answered"))?;
        if !status.is_success() {
            bail!("{path} answers {status}: {}", String::from_utf8_lossy(&body));
        }
        serde_json::from_slice(&body).with_context(|| format!("{path} answers what cannot be read"))
    }
}
