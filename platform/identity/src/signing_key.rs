use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use serde::Serialize;
use serde_json::json;

use crate::algorithm::Algorithm;
use crate::keys::PublicKey;

/// What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Letters of a key's name.
const ID_LETTERS: usize = 16;

/// A key of ours that signs: Ed25519, the only kind whose private half is ever held.
#[derive(Clone)]
pub struct SigningKey {
    key: EncodingKey,
    public: PublicKey,
    x: Box<str>,
}

impl SigningKey {
    /// The key of these 32 bytes, which nobody else must know; `None` never, but for a library that has
    /// changed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        let key = EncodingKey::from_ed_der(&[&PKCS8_PREFIX[..], &seed[..]].concat());
        let jwk = Jwk::from_encoding_key(&key, Algorithm::EdDsa.in_library()).ok()?;
        let AlgorithmParameters::OctetKeyPair(parameters) = jwk.algorithm else { return None };
        let x = parameters.x.into_boxed_str();
        let mut id = URL_SAFE_NO_PAD.encode(blake3::hash(x.as_bytes()).as_bytes());
        id.truncate(ID_LETTERS);
        let public = PublicKey::ed25519(&id, &x)?;
        Some(Self { key, public, x })
    }

    /// Its name, which its public half makes.
    #[must_use]
    pub fn id(&self) -> &str {
        self.public.id()
    }

    /// Its public half, in base64url.
    #[must_use]
    pub fn x(&self) -> &str {
        &self.x
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// A token of this type with these claims.
    #[must_use]
    pub fn sign(&self, token_type: &str, claims: &impl Serialize) -> Option<String> {
        let header = json!({ "alg": Algorithm::EdDsa.name(), "typ": token_type, "kid": self.id() });
        let claims = serde_json::to_vec(claims).ok()?;
        let signed =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims));
        let signature =
            jsonwebtoken::crypto::sign(signed.as_bytes(), &self.key, Algorithm::EdDsa.in_library()).ok()?;
        Some(format!("{signed}.{signature}"))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({:?})", self.public)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[test]
    fn the_first_example_of_rfc_8032_has_its_public_key() {
        let seed: [u8; 32] = [
            0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
            0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
        ];
        let key = SigningKey::from_seed(&seed).unwrap();
        // RFC 8037, A.2.
        assert_eq!(key.x(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert!(!format!("{key:?}").contains("nWGxne"), "no private half is ever shown");
    }
}
