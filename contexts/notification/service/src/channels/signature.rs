//! Signatures of the Standard Webhooks specification: `v1,` and the base64 of HMAC-SHA256 over
//! `id.timestamp.payload`, one per secret that is good.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use notification_contract::WebhookSecret;
use sha2::Sha256;

const PREFIX: &str = "whsec_";

/// Timestamps may be this far from the receiver's clock, seconds.
const TOLERANCE_SECONDS: i64 = 300;

/// A secret of these bytes.
#[must_use]
pub fn new_secret(bytes: &[u8; 32]) -> WebhookSecret {
    WebhookSecret { secret: format!("{PREFIX}{}", STANDARD.encode(bytes)) }
}

/// The signature of a call; `None` where the secret is none.
#[must_use]
pub fn sign(secret: &WebhookSecret, id: &str, timestamp_seconds: i64, payload: &[u8]) -> Option<String> {
    let mac = mac(secret, id, timestamp_seconds, payload)?;
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
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
    let is_of_now = (now_seconds - timestamp_seconds).abs() <= TOLERANCE_SECONDS;
    is_of_now
        && signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,")).any(|signature| {
            let Ok(bytes) = STANDARD.decode(signature) else { return false };
            mac(secret, id, timestamp_seconds, payload).is_some_and(|mac| mac.verify_slice(&bytes).is_ok())
        })
}

fn mac(secret: &WebhookSecret, id: &str, timestamp_seconds: i64, payload: &[u8]) -> Option<Hmac<Sha256>> {
    let key = STANDARD.decode(secret.secret.strip_prefix(PREFIX)?).ok()?;
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

    fn secret() -> WebhookSecret {
        WebhookSecret { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned() }
    }

    #[test]
    fn the_example_of_the_specification_is_signed_as_it_says() {
        let signature = sign(&secret(), ID, AT, BODY).unwrap();
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_receiver_takes_what_is_right_and_refuses_all_else() {
        let right = sign(&secret(), ID, AT, BODY).unwrap();
        let other = new_secret(&[7; 32]);
        let both = format!("{} {right}", sign(&other, ID, AT, BODY).unwrap());
        assert!(signature_is_right(&secret(), ID, AT, BODY, &right, AT + 299));
        assert!(signature_is_right(&secret(), ID, AT, BODY, &both, AT), "one of two secrets is enough");
        assert!(!signature_is_right(&secret(), ID, AT, BODY, &right, AT + 301), "too old");
        assert!(!signature_is_right(&secret(), ID, AT, BODY, &right, AT - 301), "of the future");
        assert!(!signature_is_right(&secret(), "msg_other", AT, BODY, &right, AT), "of another message");
        assert!(!signature_is_right(&secret(), ID, AT + 1, BODY, &right, AT), "of another time");
        assert!(!signature_is_right(&secret(), ID, AT, br#"{"test":2432232314}"#, &right, AT), "white space");
        assert!(!signature_is_right(&other, ID, AT, BODY, &right, AT), "of another secret");
        for wrong in ["", "v1,", "v2,g0hM9SsE", "v1a,g0hM9SsE", "v1,!!!", &right[3..]] {
            assert!(!signature_is_right(&secret(), ID, AT, BODY, wrong, AT), "{wrong}");
        }
    }
}
