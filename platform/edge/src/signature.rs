//! Signatures of the Standard Webhooks specification: `v1,` and the base64 of HMAC-SHA256 over
//! `id.timestamp.payload`, one per secret that is good. For calls that we make and calls that we get.
//!
//! Beside it the form that Stripe signs in, with the time in the signature: `t=TIMESTAMP,v1=HEX`, over
//! `timestamp.payload`, with the whole text of the secret as the key.

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

/// The signature of a call with the time in it.
#[must_use]
pub fn sign_timed(secret: &str, timestamp_seconds: i64, payload: &[u8]) -> Option<String> {
    let bytes = timed_mac(secret, timestamp_seconds, payload)?.finalize().into_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("t={timestamp_seconds},v1={hex}"))
}

/// Whether a signature with the time in it is right, and of now. Compared in constant time.
#[must_use]
pub fn timed_signature_is_right(secret: &str, payload: &[u8], signature: &str, now_seconds: i64) -> bool {
    let parts = || signature.split(',').filter_map(|part| part.trim().split_once('='));
    let mut times = parts().filter(|(name, _)| *name == "t").map(|(_, time)| time.parse::<i64>());
    let (Some(Ok(timestamp_seconds)), None) = (times.next(), times.next()) else { return false };
    let is_of_now = now_seconds.abs_diff(timestamp_seconds) <= TOLERANCE_SECONDS;
    is_of_now
        && parts().filter(|(name, _)| *name == "v1").any(|(_, hex)| {
            let Some(bytes) = from_hex(hex) else { return false };
            timed_mac(secret, timestamp_seconds, payload).is_some_and(|mac| mac.verify_slice(&bytes).is_ok())
        })
}

fn timed_mac(secret: &str, timestamp_seconds: i64, payload: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(format!("{timestamp_seconds}.").as_bytes());
    mac.update(payload);
    Some(mac)
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
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
    fn a_signature_with_the_time_in_it_is_held_to_time_secret_and_body() {
        let right = sign_timed(SECRET, AT, BODY).unwrap();
        // HMAC-SHA256 as any tool computes it: printf '%s.%s' AT BODY | openssl dgst -sha256 -hmac SECRET
        assert_eq!(
            right,
            format!("t={AT},v1=2e37df5d4a028c51a7f3133d64ae1e300d2c2c900f1b1d49d4369ad2530f8964")
        );
        let is_right = |signature: &str, now| timed_signature_is_right(SECRET, BODY, signature, now);
        assert!(is_right(&right, AT) && is_right(&right, AT + 300) && is_right(&right, AT - 300));
        assert!(is_right(&format!("{right},v1=00,v0=11"), AT), "one of two is enough");
        assert!(!is_right(&right, AT + 301), "too old");
        assert!(!is_right(&right, AT - 301), "of the future");
        assert!(!timed_signature_is_right(&new_secret(&[7; 32]), BODY, &right, AT), "of another secret");
        assert!(!timed_signature_is_right(SECRET, b"{}", &right, AT), "of another body");
        let later = right.replace(&AT.to_string(), &(AT + 1).to_string());
        let (_, hex) = right.split_once(",v1=").unwrap();
        for wrong in [
            "",
            "t=",
            "v1=",
            hex,
            &later,
            &right.replace("v1", "v0"),
            &format!("v1={hex}"),
            &format!("{right},t={}", AT + 1),
            &format!("t={AT},v1={}", &hex[1..]),
            &format!("t={AT},v1=zz"),
            &format!("t={},v1={hex}", i64::MIN),
            &format!("t={},v1={hex}", i64::MAX),
        ] {
            assert!(!is_right(wrong, AT), "{wrong}");
        }
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
