//! Asking the program that holds a role of a data folder, over its internal address.

use anyhow::{Context, Result, bail};
use reqwest::Method;
use serde_json::Value;

use crate::data_folder::DataFolder;
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
        let client = reqwest::Client::builder().no_proxy().build()?;
        let mut request = client.request(method, &url).header("Jumun-Actor", operator());
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.with_context(|| format!("the holder of {role} does not answer"))?;
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

/// Whoever sits at this machine.
fn operator() -> String {
    let name: String =
        std::env::var("USER").unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("operator:{}", if name.is_empty() { "local" } else { &name })
}
