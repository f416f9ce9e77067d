//! Signatures of the Standard Webhooks specification: `v1,` and the base64 of HMAC-SHA256 over
//! `id.timestamp.payload`, one per secret that is good. For calls that we make and calls that we get.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

const PREFIX: &str = "whsec_";

/// The shortest key of a secret, in bytes.
const SECRET_BYTES_MIN: usize = 24;

/// Timestamps may be this far from the receiver's clock, seconds.
const TOLERANCE_SECONDS: u64 = 300;

/// A secret of these bytes.
#[must_use]
pub fn new_secret(bytes: &[u8; 32]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

/// Whether a text is a secret of ours: `whsec_` and the base64 of enough bytes.
#[must_use]
pub fn is_secret(text: &str) -> bool {
    let bytes = text.strip_prefix(PREFIX).and_then(|key| STANDARD.decode(key).ok());
    bytes.is_some_and(|bytes| bytes.len() >= SECRET_BYTES_MIN)
}

/// The signature of a call; `None` where the secret is none.
#[must_use]
pub fn sign(secret: &str, id: &str, timestamp_seconds: i64, payload: &[u8]) -> Option<String> {
    let mac = mac(secret, id, timestamp_seconds, payload)?;
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// Whether one of the signatures that came with a call is right, and the call is of now: what a
/// receiver checks. Compared in constant time.
#[must_use]
pub fn signature_is_right(
    secret: &str,
    id: &str,
    timestamp_seconds: i64,
    payload: &[u8],
    signatures: &str,
    now_seconds: i64,
) -> bool {
    let is_of_now = now_seconds.abs_diff(timestamp_seconds) <= TOLERANCE_SECONDS;
    is_of_now
        && signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,")).any(|signature| {
            let Ok(bytes) = STANDARD.decode(signature) else { return false };
            mac(secret, id, timestamp_seconds, payload).is_some_and(|mac| mac.verify_slice(&bytes).is_ok())
        })
}

fn mac(secret: &str, id: &str, timestamp_seconds: i64, payload: &[u8]) -> Option<Hmac<Sha256>> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp_seconds}.").as_bytes());
    mac.update(payload);
    Some(mac)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    /// The example of the specification's own libraries.
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn a_secret_says_that_it_is_one_and_is_long_enough() {
        assert!(is_secret(SECRET) && is_secret(&new_secret(&[7; 32])));
        for wrong in ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            assert!(!is_secret(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_example_of_the_specification_is_signed_as_it_says() {
        let signature = sign(SECRET, ID, AT, BODY).unwrap();
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_receiver_takes_what_is_right_and_refuses_all_else() {
        let right = sign(SECRET, ID, AT, BODY).unwrap();
        let other = new_secret(&[7; 32]);
        let both = format!("{} {right}", sign(&other, ID, AT, BODY).unwrap());
        assert!(signature_is_right(SECRET, ID, AT, BODY, &right, AT + 299));
        assert!(signature_is_right(SECRET, ID, AT, BODY, &both, AT), "one of two secrets is enough");
        assert!(!signature_is_right(SECRET, ID, AT, BODY, &right, AT + 301), "too old");
        assert!(!signature_is_right(SECRET, ID, AT, BODY, &right, AT - 301), "of the future");
        assert!(!signature_is_right(SECRET, "msg_other", AT, BODY, &right, AT), "of another message");
        assert!(!signature_is_right(SECRET, ID, AT + 1, BODY, &right, AT), "of another time");
        assert!(!signature_is_right(SECRET, ID, AT, br#"{"test":2432232314}"#, &right, AT), "white space");
        assert!(!signature_is_right(&other, ID, AT, BODY, &right, AT), "of another secret");
        for far in [i64::MIN, i64::MAX, 0, -1] {
            assert!(!signature_is_right(SECRET, ID, far, BODY, &right, AT), "{far}");
        }
        for wrong in ["", "v1,", "v2,g0hM9SsE", "v1a,g0hM9SsE", "v1,!!!", &right[3..]] {
            assert!(!signature_is_right(SECRET, ID, AT, BODY, wrong, AT), "{wrong}");
        }
    }
}
