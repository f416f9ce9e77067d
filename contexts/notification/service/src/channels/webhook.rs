//! Calls webhooks as the Standard Webhooks specification says.
//!
//! The host is looked up here, every address that it stands for must be within reach, and exactly
//! one of these is connected to: a name that leads elsewhere a moment later leads nowhere. Answers
//! are not read beyond their status, and nobody is followed to another place.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::Full;
use hyper::Request;
use kernel::Timestamp;
use serde_json::json;
use tokio_rustls::TlsConnector;
use url::Url;

use super::connection;
use super::guard::{Reach, may_be_called};
use super::signature::sign;
use crate::effects::{Letter, Target};

/// Most bytes that a call carries.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Calls webhooks.
pub(super) struct Caller {
    /// How far calls may go.
    pub(super) reach: Reach,
    /// How https is spoken, and whom it trusts.
    pub(super) tls: TlsConnector,
    /// How long one may take, all in all.
    pub(super) timeout: Duration,
}

impl Caller {
    /// Calls a webhook with a message. Only 2xx means that it was taken.
    pub(super) async fn call(&self, target: &Target, letter: &Letter, now: Timestamp) -> Result<(), String> {
        match tokio::time::timeout(self.timeout, self.post(target, letter, now)).await {
            Ok(result) => result,
            Err(_) => Err("no answer in time".to_owned()),
        }
    }

    async fn post(&self, target: &Target, letter: &Letter, now: Timestamp) -> Result<(), String> {
        let url =
            may_be_called(&target.url, self.reach).map_err(|expected| format!("expected {expected}"))?;
        let body = payload(letter);
        if body.len() > BODY_BYTES_MAX {
            return Err("the message is too large for a webhook".to_owned());
        }
        let (id, seconds) = (letter.message.to_string(), now.millis().div_euclid(1_000));
        let signatures: Vec<String> =
            target.secrets.iter().filter_map(|secret| sign(secret, &id, seconds, &body)).collect();
        if signatures.is_empty() {
            return Err("the webhook has no secret any longer".to_owned());
        }
        let addresses = self.addresses(&url).await?;
        let request = Request::post(connection::target_of(&url))
            .header("host", connection::authority_of(&url))
            .header("user-agent", "jumun-webhooks")
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signatures.join(" "))
            .body(Full::from(body))
            .map_err(|error| error.to_string())?;
        let status = connection::send(&self.tls, &url, &addresses, request).await?;
        if status.is_success() { Ok(()) } else { Err(format!("answered {status}")) }
    }

    /// The addresses that a host stands for, every one of which is within reach.
    async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, String> {
        let addresses = connection::look_up(url).await?;
        if !addresses.iter().all(|address| self.reach.allows(address.ip())) {
            return Err("the host leads to an address that is not public".to_owned());
        }
        Ok(addresses)
    }
}

/// What a webhook is told: type, time and data, as the specification recommends.
fn payload(letter: &Letter) -> Vec<u8> {
    let told = json!({
        "type": format!("order.{}", letter.milestone.as_str()),
        "timestamp": letter.changed_at,
        "data": letter,
    });
    // Texts and numbers: writing them cannot fail.
    serde_json::to_vec(&told).unwrap_or_default()
}
