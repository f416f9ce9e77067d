//! What a provider tells of its own accord: a signed call that says what it would have answered.
//!
//! A callback only hints. What it says goes the way of an answer, under the same key, so that one which
//! comes twice, early or late changes nothing twice; what does not fit our book changes nothing at all.

use std::fmt;

use edge::json::read_json;
use edge::problem::{Problem, ProblemKind};
use edge::signature;
use kernel::{Money, OrderId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What the provider says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// The order that the call was made for.
    pub order: OrderId,
    /// The key of the charge, or of the refund.
    #[schema(example = "01890a5d-ac96-774b-bcce-b302099a8057/1")]
    pub key: String,
    /// Of how much.
    pub amount: Money,
    /// What became of it.
    pub outcome: CallbackOutcome,
}

/// What became of a charge or a refund, as the provider says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum CallbackOutcome {
    /// The charge is captured.
    Approved {
        /// The provider's code for it.
        code: String,
    },
    /// The charge is not captured and never will be.
    Declined {
        /// Why, in words.
        reason: String,
    },
    /// The money is back.
    Refunded {},
}

/// The secret that a provider signs with; it prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackSecret(String);

impl fmt::Debug for CallbackSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallbackSecret")
    }
}

impl CallbackSecret {
    /// A secret as it is written, `whsec_` and base64; `None` where it is none, or too short.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        signature::is_secret(text).then(|| Self(text.to_owned()))
    }

    /// A secret of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8; 32]) -> Self {
        Self(signature::new_secret(bytes))
    }
}

/// A callback as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCallback {
    /// The header `webhook-id`: the same over all attempts to bring it.
    pub id: String,
    /// The header `webhook-timestamp`, seconds.
    pub timestamp_seconds: i64,
    /// The header `webhook-signature`.
    pub signatures: String,
    /// The body.
    pub body: Vec<u8>,
}

/// A provider that may call back: in whose words, and what it signs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackDoor {
    /// In whose words.
    pub words: CallbackWords,
    /// What it signs with.
    pub secret: CallbackSecret,
}

/// In whose words a callback comes, and how it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackWords {
    /// Our own: a [`Callback`], signed as the Standard Webhooks specification says.
    Own,
    /// Toss Payments' event of a payment whose state has changed, signed in the same way.
    Toss,
    /// Stripe's events of intents and refunds, with Stripe's signature.
    Stripe,
}

/// A callback as it arrived: its signature, and what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrived {
    /// With id, time and signature in headers.
    Standard(SignedCallback),
    /// With the header `stripe-signature`.
    Timed {
        /// The header.
        signature: String,
        /// The body.
        body: Vec<u8>,
    },
}

/// The headers that a call is signed with.
#[derive(Debug)]
pub(super) struct Signed;

impl Signed {
    /// As the Standard Webhooks specification says.
    pub(super) fn standard(
        secret: &CallbackSecret,
        id: &str,
        at: Timestamp,
        body: &[u8],
    ) -> Vec<(&'static str, String)> {
        let at = seconds(at);
        let signature = signature::sign(&secret.0, id, at, body).unwrap_or_default();
        vec![
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", signature),
        ]
    }

    /// As Stripe does.
    pub(super) fn timed(secret: &CallbackSecret, at: Timestamp, body: &[u8]) -> Vec<(&'static str, String)> {
        let signature = signature::sign_timed(&secret.0, seconds(at), body);
        vec![("stripe-signature", signature.unwrap_or_default())]
    }
}

impl CallbackDoor {
    /// What an arrived call says, where the provider says it now: nothing, where it is about something that
    /// is none of payment's matters; more than one thing, where it says how all of a payment stands.
    ///
    /// # Errors
    /// [`NotOpened`]; the body is not read before its signature is right.
    pub fn open(&self, arrived: &Arrived, now: Timestamp) -> Result<Vec<Callback>, NotOpened> {
        match (self.words, arrived) {
            (CallbackWords::Own, Arrived::Standard(signed)) => Ok(vec![signed.open(&self.secret, now)?]),
            (CallbackWords::Toss, Arrived::Standard(signed)) => {
                super::toss::told(signed.verified(&self.secret, now)?)
            }
            (CallbackWords::Stripe, Arrived::Timed { signature, body }) => {
                if !signature::timed_signature_is_right(&self.secret.0, body, signature, seconds(now)) {
                    return Err(NotOpened::Forged);
                }
                super::stripe::told(body)
            }
            _ => Err(NotOpened::Forged),
        }
    }
}

/// The order that a key at the provider names.
pub(crate) fn order_of(key: &str) -> Option<OrderId> {
    key.split('/').next().and_then(|id| Uuid::try_parse(id).ok()).map(OrderId)
}

/// A signed body that is no event of the provider's.
pub(super) fn unreadable(expected: &'static str) -> NotOpened {
    NotOpened::Unreadable(Problem::of(ProblemKind::InvalidField).field("body", expected))
}

/// Why a callback is not even looked into.
#[derive(Debug)]
pub enum NotOpened {
    /// Nobody who knows the secret signed it, or not lately.
    Forged,
    /// It is signed, and says nothing that makes sense.
    Unreadable(Problem),
}

impl SignedCallback {
    /// Signs a callback, as a provider does.
    #[must_use]
    pub fn sign(secret: &CallbackSecret, id: &str, at: Timestamp, callback: &Callback) -> Self {
        // Ids, texts and numbers: writing them cannot fail.
        let body = serde_json::to_vec(callback).unwrap_or_default();
        let timestamp_seconds = seconds(at);
        let signatures = signature::sign(&secret.0, id, timestamp_seconds, &body).unwrap_or_default();
        Self { id: id.to_owned(), timestamp_seconds, signatures, body }
    }

    /// What it says, where the provider says it now.
    ///
    /// # Errors
    /// [`NotOpened`]; the body is not read before its signature is right.
    pub fn open(&self, secret: &CallbackSecret, now: Timestamp) -> Result<Callback, NotOpened> {
        read_json(self.verified(secret, now)?).map_err(NotOpened::Unreadable)
    }

    fn verified(&self, secret: &CallbackSecret, now: Timestamp) -> Result<&[u8], NotOpened> {
        let (id, at, now) = (&self.id, self.timestamp_seconds, seconds(now));
        if signature::signature_is_right(&secret.0, id, at, &self.body, &self.signatures, now) {
            Ok(&self.body)
        } else {
            Err(NotOpened::Forged)
        }
    }
}

const fn seconds(at: Timestamp) -> i64 {
    at.millis().div_euclid(1_000)
}
