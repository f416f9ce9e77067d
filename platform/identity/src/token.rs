//! A token taken apart: three segments, a header that says no more than it must.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use edge::principal::Unauthenticated;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::algorithm::Algorithm;
use crate::keys::{NoKey, PublicKey};
use crate::strict_json::read_object;

/// The longest token that is looked at, in bytes.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// The longest name of a key.
const KEY_ID_BYTES_MAX: usize = 128;

/// What a header may say: what is needed, and thumbprints that are only a hint.
const HEADER_NAMES: [&str; 5] = ["alg", "typ", "kid", "x5t", "x5t#S256"];

/// Why a token is not believed: for the log, not for whoever sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// It is longer than [`TOKEN_BYTES_MAX`].
    #[error("it is too long")]
    TooLong,
    /// It is not three segments of base64url with JSON objects in the first two.
    #[error("it is no token")]
    NoToken,
    /// Its header says what no header may say here.
    #[error("its header says more than it may")]
    Header,
    /// It is a token of another kind.
    #[error("it is of another type")]
    Type,
    /// Its algorithm is none that is believed, or not that of its key.
    #[error("its algorithm is not that of its key")]
    Algorithm,
    /// No key of its issuer has its name.
    #[error("its key is not known")]
    Key,
    /// The keys cannot be had now.
    #[error("the keys of its issuer are out of reach")]
    KeysOutOfReach,
    /// It was not signed with that key, or changed since.
    #[error("its signature is wrong")]
    Signature,
    /// A claim is missing or in another type than its own.
    #[error("a claim is missing or malformed")]
    Claim,
    /// It was issued by somebody else.
    #[error("it is of another issuer")]
    Issuer,
    /// It is meant for somebody else.
    #[error("it is for another audience")]
    Audience,
    /// It says who somebody is, to the program that they signed in to; it gives no access.
    #[error("it is no access token")]
    NoAccessToken,
    /// It is good later.
    #[error("it is not good yet")]
    NotYet,
    /// It was good once.
    #[error("it has expired")]
    Expired,
    /// The session that it belongs to has ended.
    #[error("its session has ended")]
    Ended,
}

impl From<Refused> for Unauthenticated {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Expired | Refused::Ended => Self::Expired,
            Refused::KeysOutOfReach => Self::KeysOutOfReach,
            _ => Self::Invalid,
        }
    }
}

impl From<NoKey> for Refused {
    fn from(no_key: NoKey) -> Self {
        match no_key {
            NoKey::Unknown => Self::Key,
            NoKey::OutOfReach => Self::KeysOutOfReach,
        }
    }
}

/// A token whose signature nobody has looked at yet.
#[derive(Debug)]
pub(crate) struct Token<'a> {
    signed: &'a str,
    signature: &'a str,
    algorithm: Algorithm,
    token_type: Option<Box<str>>,
    key_id: Box<str>,
}

impl<'a> Token<'a> {
    /// Takes a token apart.
    pub(crate) fn read(text: &'a str) -> Result<Self, Refused> {
        if text.len() > TOKEN_BYTES_MAX {
            return Err(Refused::TooLong);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(Refused::NoToken)?;
        let (header, payload) = signed.split_once('.').ok_or(Refused::NoToken)?;
        if header.is_empty() || payload.is_empty() || signature.is_empty() || payload.contains('.') {
            return Err(Refused::NoToken);
        }
        let header = object_of(header)?;
        if header.keys().any(|name| !HEADER_NAMES.contains(&name.as_str())) {
            return Err(Refused::Header);
        }
        let text_of = |name: &str| match header.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(Refused::Header),
        };
        let algorithm = text_of("alg")?.and_then(Algorithm::parse).ok_or(Refused::Algorithm)?;
        let key_id = text_of("kid")?.ok_or(Refused::Key)?;
        if key_id.is_empty() || key_id.len() > KEY_ID_BYTES_MAX {
            return Err(Refused::Key);
        }
        let token_type = text_of("typ")?.map(media_type);
        Ok(Self { signed, signature, algorithm, token_type, key_id: key_id.into() })
    }

    /// The name of its key.
    pub(crate) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Whether it says that it is of this type; an empty one stands for none.
    pub(crate) fn is_of_type(&self, expected: &str) -> bool {
        self.token_type.as_deref().unwrap_or_default() == &*media_type(expected)
    }

    /// Its claims, once the signature is right.
    pub(crate) fn signed_with(&self, key: &PublicKey) -> Result<Map<String, Value>, Refused> {
        if key.algorithm() != self.algorithm {
            return Err(Refused::Algorithm);
        }
        if !key.has_signed(self.signed, self.signature) {
            return Err(Refused::Signature);
        }
        let (_, payload) = self.signed.split_once('.').ok_or(Refused::NoToken)?;
        object_of(payload)
    }
}

/// `application/at+jwt`, `AT+JWT` and `at+jwt` are the same (RFC 7515, 4.1.9).
fn media_type(text: &str) -> Box<str> {
    let text = text.to_ascii_lowercase();
    text.strip_prefix("application/").unwrap_or(&text).into()
}

fn object_of(segment: &str) -> Result<Map<String, Value>, Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(segment).map_err(|_| Refused::NoToken)?;
    read_object(&bytes).ok_or(Refused::NoToken)
}
