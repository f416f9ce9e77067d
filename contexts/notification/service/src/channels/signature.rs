//! How calls to webhooks are signed: see [`edge::signature`].

use edge::signature;
use notification_contract::WebhookSecret;

/// A secret of these bytes.
#[must_use]
pub fn new_secret(bytes: &[u8; 32]) -> WebhookSecret {
    WebhookSecret { secret: signature::new_secret(bytes) }
}

/// The signature of a call; `None` where the secret is none.
#[must_use]
pub fn sign(secret: &WebhookSecret, id: &str, timestamp_seconds: i64, payload: &[u8]) -> Option<String> {
    signature::sign(&secret.secret, id, timestamp_seconds, payload)
}

/// Whether one of the signatures that came with a call is right, and the call is of now: what a
/// receiver checks. Compared in constant time.
#[must_use]
pub fn signature_is_right(
    secret: &WebhookSecret,
    id: &str,
    timestamp_seconds: i64,
    payload: &[u8],
    signatures: &str,
    now_seconds: i64,
) -> bool {
    signature::signature_is_right(&secret.secret, id, timestamp_seconds, payload, signatures, now_seconds)
}
