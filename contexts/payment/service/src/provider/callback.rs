//! What a provider tells of its own accord: a signed call that says what it would have answered.
//!
//! A callback only hints. What it says goes the way of an answer, under the same key, so that one which
//! comes twice, early or late changes nothing twice; what does not fit our book changes nothing at all.

use std::fmt;

use edge::json::read_json;
use edge::problem::Problem;
use edge::signature;
use kernel::{Money, OrderId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
        let (id, at, now) = (&self.id, self.timestamp_seconds, seconds(now));
        if signature::signature_is_right(&secret.0, id, at, &self.body, &self.signatures, now) {
            read_json(&self.body).map_err(NotOpened::Unreadable)
        } else {
            Err(NotOpened::Forged)
        }
    }
}

const fn seconds(at: Timestamp) -> i64 {
    at.millis().div_euclid(1_000)
}
