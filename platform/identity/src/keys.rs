//! Public keys, each good for one algorithm, and the sets that issuers publish (RFC 7517).

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::BoxFuture;
use jsonwebtoken::DecodingKey;
use serde_json::Value;

use crate::algorithm::Algorithm;

/// Most keys that are taken from one set.
const KEYS_MAX: usize = 64;
/// RSA keys that are shorter are not believed, longer ones not computed with.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=512;

/// Why there is no key of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoKey {
    /// The issuer has none of that name.
    Unknown,
    /// What keys the issuer has cannot be learned now.
    OutOfReach,
}

/// An issuer that is believed, and its keys as they are now.
pub trait Keys: Send + Sync + fmt::Debug {
    /// The issuer's name, as its tokens say it; `None` where it is not known yet.
    fn issuer(&self) -> Option<Arc<str>>;

    /// The key of a name.
    ///
    /// # Errors
    /// [`NoKey`]; a key that was taken away is unknown a minute later at the latest.
    fn find<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<PublicKey, NoKey>>;
}

/// A key that signatures are checked with, by its one algorithm.
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

struct Inner {
    id: Box<str>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl PublicKey {
    /// An Ed25519 key from its 32 bytes in base64url.
    pub(crate) fn ed25519(id: &str, x: &str) -> Option<Self> {
        decode(x).filter(|bytes| bytes.len() == 32)?;
        Some(Self::new(id, Algorithm::EdDsa, DecodingKey::from_ed_components(x).ok()?))
    }

    fn new(id: &str, algorithm: Algorithm, key: DecodingKey) -> Self {
        Self(Arc::new(Inner { id: id.into(), algorithm, key }))
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The only algorithm that it is good for.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    /// Whether a signature in base64url is this key's over these bytes.
    pub(crate) fn has_signed(&self, signed: &str, signature: &str) -> bool {
        let algorithm = self.0.algorithm.in_library();
        jsonwebtoken::crypto::verify(signature, signed.as_bytes(), &self.0.key, algorithm).unwrap_or(false)
    }

    /// Reads one key of a set; `None` where it is for something else, or not believed.
    fn from_jwk(jwk: &Value, believed: &[Algorithm]) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        if let Some(operations) = jwk.get("key_ops") {
            let verifies = operations.as_array()?.iter().any(|operation| operation == "verify");
            verifies.then_some(())?;
        }
        let usual = match (text("kty")?, text("crv")) {
            ("OKP", Some("Ed25519")) => Algorithm::EdDsa,
            ("EC", Some("P-256")) => Algorithm::Es256,
            ("EC", Some("P-384")) => Algorithm::Es384,
            ("RSA", _) => Algorithm::Rs256,
            _ => return None,
        };
        let algorithm = match jwk.get("alg") {
            None => usual,
            Some(name) => Algorithm::parse(name.as_str()?)?,
        };
        // A key of one kind cannot be good for an algorithm of another, whatever the set says.
        let is_of_its_kind = algorithm == usual || algorithm.is_rsa() && usual.is_rsa();
        if !is_of_its_kind || !believed.contains(&algorithm) {
            return None;
        }
        let key = match usual {
            Algorithm::EdDsa => {
                decode(text("x")?).filter(|x| x.len() == 32)?;
                DecodingKey::from_ed_components(text("x")?).ok()?
            }
            Algorithm::Es256 | Algorithm::Es384 => {
                let length = if usual == Algorithm::Es256 { 32 } else { 48 };
                for coordinate in ["x", "y"] {
                    decode(text(coordinate)?).filter(|bytes| bytes.len() == length)?;
                }
                DecodingKey::from_ec_components(text("x")?, text("y")?).ok()?
            }
            _ => {
                let modulus = decode(text("n")?)?;
                let bytes = modulus.iter().skip_while(|byte| **byte == 0).count();
                RSA_BYTES.contains(&bytes).then_some(())?;
                decode(text("e")?).filter(|exponent| (1..=4).contains(&exponent.len()))?;
                DecodingKey::from_rsa_components(text("n")?, text("e")?).ok()?
            }
        };
        Some(Self::new(text("kid")?, algorithm, key))
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.algorithm(), self.id())
    }
}

/// The keys of an issuer at one moment.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Vec<PublicKey>);

impl KeySet {
    /// Reads a published set. Keys for other purposes, of other kinds, without a name or for algorithms
    /// that are not believed are left out.
    ///
    /// # Errors
    /// When the bytes are no set of keys.
    pub fn from_jwks(bytes: &[u8], believed: &[Algorithm]) -> Result<Self, String> {
        let document: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let keys = document.get("keys").and_then(Value::as_array).ok_or("it has no list of keys")?;
        let read = keys.iter().take(KEYS_MAX).filter_map(|jwk| PublicKey::from_jwk(jwk, believed));
        Ok(Self(read.collect()))
    }

    /// The key of a name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&PublicKey> {
        self.0.iter().find(|key| key.id() == id)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<PublicKey> for KeySet {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use serde_json::json;

    fn read(jwk: &Value) -> Option<PublicKey> {
        let set = json!({ "keys": [jwk] }).to_string();
        KeySet::from_jwks(set.as_bytes(), &Algorithm::ALL).unwrap().0.pop()
    }

    fn zeros(length: usize) -> String {
        URL_SAFE_NO_PAD.encode(vec![1; length])
    }

    #[test]
    fn a_key_is_pinned_to_one_algorithm_of_its_own_kind() {
        let ed = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "k", "x": zeros(32) });
        assert_eq!(read(&ed).unwrap().algorithm(), Algorithm::EdDsa);
        let rsa = |alg: &str| json!({ "kty": "RSA", "kid": "k", "n": zeros(256), "e": "AQAB", "alg": alg });
        assert_eq!(read(&rsa("RS256")).unwrap().algorithm(), Algorithm::Rs256);
        assert_eq!(read(&rsa("PS384")).unwrap().algorithm(), Algorithm::Ps384);
        for foreign in ["HS256", "none", "ES256", "EdDSA", "rs256", "RSA-OAEP"] {
            assert!(read(&rsa(foreign)).is_none(), "{foreign}");
        }
        let ec = |alg: &str| json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": zeros(32), "y": zeros(32), "alg": alg });
        assert_eq!(read(&ec("ES256")).unwrap().algorithm(), Algorithm::Es256);
        assert!(read(&ec("ES384")).is_none());
        assert!(read(&ec("RS256")).is_none());
    }

    #[test]
    fn keys_for_something_else_or_too_weak_are_left_out() {
        let ed = |more: Value| {
            let mut jwk = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "k", "x": zeros(32) });
            jwk.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            jwk
        };
        assert!(read(&ed(json!({ "use": "sig", "key_ops": ["verify"] }))).is_some());
        for wrong in [
            ed(json!({ "use": "enc" })),
            ed(json!({ "key_ops": ["encrypt"] })),
            ed(json!({ "kid": null })),
            ed(json!({ "x": zeros(31) })),
            ed(json!({ "x": "!" })),
            ed(json!({ "crv": "X25519" })),
            json!({ "kty": "oct", "kid": "k", "k": zeros(32), "alg": "HS256" }),
            json!({ "kty": "RSA", "kid": "k", "n": zeros(128), "e": "AQAB" }),
            json!({ "kty": "RSA", "kid": "k", "n": zeros(1024), "e": "AQAB" }),
            json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": zeros(31), "y": zeros(32) }),
        ] {
            assert!(read(&wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_set_is_refused() {
        for wrong in ["", "[]", "{}", r#"{"keys":{}}"#] {
            assert!(KeySet::from_jwks(wrong.as_bytes(), &Algorithm::ALL).is_err(), "{wrong}");
        }
    }
}
