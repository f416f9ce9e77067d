//! Asking the program that holds a role of a data folder, over its internal address.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use crate::clock::SystemClock;
use crate::data_folder::DataFolder;
use crate::issuing::{IDENTITY, at_the_machine};
use crate::roles::Role;

/// Asks the holder of a role; what it answers, as JSON (null where it says nothing).
///
/// # Errors
/// When no process holds the role, or it refuses: in its own words.
pub(super) fn holder(
    data: &DataFolder,
    role: Role,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Result<Value> {
    let held_by = data.is_held(role).then(|| data.holder(role)).flatten();
    let Some(holder) = held_by else {
        bail!(
            "no process holds the role {role} of {}: start `jumun serve` on it first",
            data.path().display()
        );
    };
    let url = format!("http://{}{path}", holder.internal_address);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let client = Client::builder().no_proxy().build()?;
        let ask = |who: fn(RequestBuilder, &str) -> RequestBuilder, as_whom: String| {
            let request = who(client.request(method.clone(), &url), &as_whom);
            let request = if let Some(body) = body { request.json(body) } else { request };
            async move { request.send().await.with_context(|| format!("the holder of {role} does not answer")) }
        };
        let mut answer = ask(believed, operator()).await?;
        if wants_a_token(&answer) && data.path().join(IDENTITY).is_dir() {
            let token = at_the_machine(data, Arc::new(SystemClock::start()), &name())?;
            answer = ask(shown, token).await?;
        }
        let status = answer.status();
        let text = answer.text().await?;
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if !status.is_success() {
            let title = value["title"].as_str().unwrap_or("it refused");
            let detail = value["detail"].as_str().unwrap_or_default();
            bail!("{title}: {detail} ({status})");
        }
        Ok(value)
    })
}

/// Under open identity who asks is believed.
fn believed(request: RequestBuilder, actor: &str) -> RequestBuilder {
    request.header("Jumun-Actor", actor)
}

fn shown(request: RequestBuilder, token: &str) -> RequestBuilder {
    request.bearer_auth(token)
}

/// Once identity is configured the header is refused before anything is done.
fn wants_a_token(answer: &Response) -> bool {
    matches!(answer.status(), StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED)
}

/// Whoever sits at this machine.
fn operator() -> String {
    format!("operator:{}", name())
}

fn name() -> String {
    let name: String =
        std::env::var("USER").unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    if name.is_empty() { "local".to_owned() } else { name }
}
