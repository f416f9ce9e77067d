//! Calls webhooks as the Standard Webhooks specification says.
//!
//! The host is looked up here, every address that it stands for must be within reach, and exactly
//! one of these is connected to: a name that leads elsewhere a moment later leads nowhere. Answers
//! are not read beyond their status, and nobody is followed to another place.

use std::net::SocketAddr;
use std::time::Duration;

use kernel::Timestamp;
use reqwest::{Client, Url, redirect};
use serde_json::json;

use super::guard::{Reach, may_be_called};
use super::signature::sign;
use crate::effects::{Letter, Target};

/// Most bytes that a call carries.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Calls webhooks.
#[derive(Debug)]
pub(super) struct Caller {
    /// How far calls may go.
    pub(super) reach: Reach,
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
        let client = self.client(&url).await?;
        let answer = client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signatures.join(" "))
            .body(body)
            .send()
            .await
            .map_err(|error| in_words(&error))?;
        if answer.status().is_success() { Ok(()) } else { Err(format!("answered {}", answer.status())) }
    }

    /// A client that connects to the addresses that were looked at, and to no others.
    async fn client(&self, url: &Url) -> Result<Client, String> {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().unwrap_or(443);
        let found = tokio::net::lookup_host((host.as_str(), port)).await;
        let addresses: Vec<SocketAddr> = found.map_err(|_| "the host is not known".to_owned())?.collect();
        if addresses.is_empty() {
            return Err("the host is not known".to_owned());
        }
        if !addresses.iter().all(|address| self.reach.allows(address.ip())) {
            return Err("the host leads to an address that is not public".to_owned());
        }
        Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .user_agent("jumun-webhooks")
            .resolve_to_addrs(&host, &addresses)
            .build()
            .map_err(|error| error.to_string())
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

/// What went wrong, without the address, which may hold a secret of its own.
fn in_words(error: &reqwest::Error) -> String {
    let what = if error.is_connect() {
        "cannot be connected to"
    } else if error.is_timeout() {
        "no answer in time"
    } else {
        "the connection broke"
    };
    what.to_owned()
}
