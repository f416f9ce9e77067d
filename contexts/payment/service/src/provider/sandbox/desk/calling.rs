//! The sandbox calls back: in the words of whoever it was asked in, signed, again where nobody takes it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use edge::outward::{NoAnswer, Outward, OutwardSettings, roots_of_the_web};
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};

use super::SandboxDesk;
use crate::provider::callback::{Callback, CallbackOutcome, CallbackSecret, Signed};
use crate::provider::sandbox::CallbackLine;

/// How long after an attempt in vain the next one comes.
const AGAIN_AFTER: [Duration; 3] =
    [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(10)];

/// Whose words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    Toss,
    Stripe,
}

/// Where the sandbox calls back, and what it signs with.
#[derive(Debug, Clone)]
pub struct CallingOut {
    /// The route of callbacks, without the provider's name, such as
    /// `http://127.0.0.1:8088/v1/payments/callbacks`.
    pub url: String,
    /// What it signs with.
    pub secret: CallbackSecret,
}

/// Who calls back, and in whose words about which charge.
struct Caller {
    desk: Weak<SandboxDesk>,
    outward: Outward,
    out: CallingOut,
    patience: Duration,
}

impl SandboxDesk {
    /// Calls back from now on.
    ///
    /// # Errors
    /// When TLS cannot be set up at all.
    pub fn call_out(self: &Arc<Self>, out: CallingOut) -> Result<(), impl std::error::Error + use<>> {
        Outward::new(&OutwardSettings::default(), roots_of_the_web()).map(|outward| {
            let patience = Duration::from_secs(5);
            let caller = Arc::new(Caller { desk: Arc::downgrade(self), outward, out, patience });
            let runtime = tokio::runtime::Handle::current();
            self.sandbox.call_back_through(CallbackLine(Box::new(move |id, callback| {
                let caller = caller.clone();
                runtime.spawn(async move { caller.keep_telling(&id, &callback).await });
            })));
        })
    }

    /// Remembers in whose words a charge was asked for.
    pub(super) fn calls_of(&self, key: &str, words: Words) {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned(), words);
    }

    fn words_of(&self, key: &str) -> Option<Words> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied()
    }
}

/// In whose words each charge was asked for.
pub(super) type WordsOf = Mutex<BTreeMap<String, Words>>;

impl Caller {
    async fn keep_telling(&self, id: &str, callback: &Callback) {
        let charge_key = charge_of(&callback.key);
        for pause in AGAIN_AFTER.into_iter().map(Some).chain([None]) {
            let Some(desk) = self.desk.upgrade() else { return };
            let told = tokio::time::timeout(self.patience, self.tell(&desk, id, charge_key, callback)).await;
            match (told, pause) {
                (Ok(Ok(status)), _) if status < 500 => {
                    tracing::info!(id, status, "called back");
                    return;
                }
                (outcome, None) => tracing::warn!(id, ?outcome, "nobody takes the callback"),
                (_, Some(pause)) => {
                    drop(desk);
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    async fn tell(
        &self,
        desk: &SandboxDesk,
        id: &str,
        charge_key: &str,
        callback: &Callback,
    ) -> Result<u16, NoAnswer> {
        let lost = || NoAnswer::Broken("there is nothing to tell".to_owned());
        let words = desk.words_of(charge_key).ok_or_else(lost)?;
        let (name, body) = desk.told_in(words, id, charge_key, callback).ok_or_else(lost)?;
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let now = desk.clock.now();
        let mut request = Request::post(format!("{}/{name}", self.out.url))
            .header("content-type", "application/json")
            .header("user-agent", "jumun-sandbox-provider");
        for (name, value) in match words {
            Words::Toss => Signed::standard(&self.out.secret, id, now, &body),
            Words::Stripe => Signed::timed(&self.out.secret, now, &body),
        } {
            request = request.header(name, value);
        }
        let request = request.body(Full::from(body)).map_err(|_| lost())?;
        Ok(self.outward.send(request).await?.0.as_u16())
    }
}

impl SandboxDesk {
    /// What is told: the provider's name, and the body.
    fn told_in(
        &self,
        words: Words,
        id: &str,
        charge_key: &str,
        callback: &Callback,
    ) -> Option<(&'static str, Value)> {
        let ledger = self.ledger().ok()?;
        let entry = ledger.charge(charge_key)?;
        Some(match words {
            Words::Toss => ("toss", super::toss::event(charge_key, entry)),
            Words::Stripe => {
                let (kind, object) = match callback.outcome {
                    CallbackOutcome::Refunded {} => {
                        ("refund.updated", super::stripe::refund_in(entry, charge_key, &callback.key)?)
                    }
                    CallbackOutcome::Approved { .. } => {
                        ("payment_intent.succeeded", super::stripe::intent(charge_key, None, Some(entry)))
                    }
                    CallbackOutcome::Declined { .. } => (
                        "payment_intent.payment_failed",
                        super::stripe::intent(charge_key, None, Some(entry)),
                    ),
                };
                let created = self.clock.now().millis().div_euclid(1_000);
                let id = format!("evt_{}", id.replace('/', "_"));
                let event = json!({ "id": id, "object": "event", "type": kind, "created": created, "data": { "object": object } });
                ("stripe", event)
            }
        })
    }
}

/// The charge that a key is about: its own, or that of a refund.
fn charge_of(key: &str) -> &str {
    key.split_once("/refund/").map_or(key, |(charge, _)| charge)
}
