//! An issuer of our own, and a verifier that believes it.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::{BoxFuture, FutureExt, ready};
use identity::{Algorithm, KeySet, Keys, NoKey, PublicKey, SigningKey, Trust, Verifier};
use jsonwebtoken::EncodingKey;
use kernel::{ManualClock, Timestamp};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://id.example";
pub(crate) const AUDIENCE: &str = "jumun";
/// Now, in seconds.
pub(crate) const NOW: i64 = 1_800_000_000;

/// The public key of RFC 7515, A.3.
pub(crate) const EC_X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
pub(crate) const EC_Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
/// The public key of RFC 7515, A.2.
pub(crate) const RSA_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

/// Keys that stay as they are.
#[derive(Debug)]
pub(crate) struct Fixed(pub(crate) KeySet);

impl Keys for Fixed {
    fn issuer(&self) -> Option<Arc<str>> {
        Some(ISSUER.into())
    }

    fn find<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<PublicKey, NoKey>> {
        ready(self.0.find(id).cloned().ok_or(NoKey::Unknown)).boxed()
    }
}

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

/// The private half of [`key`], for tokens that no honest issuer would sign.
pub(crate) fn private_half(seed: u8) -> EncodingKey {
    let prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    EncodingKey::from_ed_der(&[&prefix[..], &[seed; 32]].concat())
}

/// The set that the issuer publishes: one key of each kind.
pub(crate) fn published() -> KeySet {
    let ed = key(1);
    let set = json!({ "keys": [
        { "kty": "OKP", "crv": "Ed25519", "kid": ed.id(), "x": ed.x() },
        { "kty": "EC", "crv": "P-256", "kid": "ec", "x": EC_X, "y": EC_Y },
        { "kty": "RSA", "kid": "rsa", "n": RSA_N, "e": "AQAB" },
    ] });
    let keys = KeySet::from_jwks(set.to_string().as_bytes(), &Algorithm::USUAL).unwrap();
    assert_eq!(keys.len(), 3);
    keys
}

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_millis(NOW * 1_000)))
}

pub(crate) fn trust(keys: Arc<dyn Keys>) -> Trust {
    Trust {
        keys,
        audience: AUDIENCE.to_owned(),
        token_type: "at+jwt".to_owned(),
        grants_claim: "jumun".to_owned(),
        name_claim: "sub".to_owned(),
        leeway_millis: 30_000,
        live: None,
    }
}

pub(crate) fn verifier(clock: Arc<ManualClock>) -> Verifier {
    Verifier::new(trust(Arc::new(Fixed(published()))), clock)
}

/// What an honest token says.
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "kim", "iat": NOW, "exp": NOW + 600, "jumun": ["staff@cafe"],
    })
}

pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
