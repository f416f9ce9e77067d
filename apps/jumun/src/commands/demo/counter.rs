use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;

/// How long one answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Where people order and staff work: the canonical API.
#[derive(Clone)]
pub(super) struct Counter {
    http: Client,
    address: String,
}

/// What came back.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) text: String,
    pub(super) body: Value,
}

impl Counter {
    pub(super) fn at(address: &str) -> Result<Self> {
        let http = Client::builder().no_proxy().timeout(ANSWER_TIMEOUT).build()?;
        Ok(Self { http, address: address.to_owned() })
    }

    /// Reads something that is there.
    pub(super) async fn read(&self, path: &str) -> Result<Value> {
        let reply = self.get(path).await?;
        if reply.status != 200 {
            bail!("GET {path} answered {}: {}", reply.status, reply.text);
        }
        Ok(reply.body)
    }

    /// Gets whatever is there.
    pub(super) async fn get(&self, path: &str) -> Result<Reply> {
        reply(self.http.get(format!("{}{path}", self.address))).await
    }

    /// Sends a command.
    pub(super) async fn post(&self, who: &str, path: &str, body: &Value) -> Result<Reply> {
        reply(self.command(who, path).json(body)).await
    }

    /// Sends a command under a key, so that it may be sent again.
    pub(super) async fn post_with_key(
        &self,
        who: &str,
        path: &str,
        key: &str,
        body: &Value,
    ) -> Result<Reply> {
        reply(self.command(who, path).header("Idempotency-Key", key).json(body)).await
    }

    fn command(&self, who: &str, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.address)).header("Jumun-Actor", who)
    }
}

async fn reply(request: RequestBuilder) -> Result<Reply> {
    let response = request.send().await.context("nobody answers")?;
    let status = response.status().as_u16();
    let text = response.text().await.context("the answer broke off")?;
    let body = serde_json::from_str(&text).unwrap_or_default();
    Ok(Reply { status, text, body })
}
