//! The `Idempotency-Key` of a request and the fingerprints that are stored instead of what they
//! stand for.
//!
//! A key is kept per scope: who asked (`subject`), for what (`route`), under which key. Beside
//! it stands the fingerprint of the body, so that the same key with another body is refused
//! ([`ProblemKind::IdempotencyKeyReused`]). Both are keyed hashes: a copy of the store does not
//! tell which bodies were sent. A key that is a UUID of version 7 (RFC 9562) keeps its time in front of
//! its hash: what comes together then stands together in the store's index, which costs a fraction.

use std::fmt;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::HeaderMap;
use http::request::Parts;
use uuid::Uuid;

use crate::problem::{Problem, ProblemKind};

/// The header's name.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// Longest key, in characters.
pub const KEY_CHARS_MAX: usize = 255;

/// The time of a UUID of version 7, in bytes.
const TIME_BYTES: usize = 6;

const EXPECTED: &str = "1 to 255 visible ASCII characters, given once";

/// A key as the client chose it: 1 to 255 visible ASCII characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(Box<str>);

impl IdempotencyKey {
    /// Checks a key.
    ///
    /// # Errors
    /// [`ProblemKind::InvalidIdempotencyKey`]; the key itself is not repeated.
    pub fn try_new(key: &str) -> Result<Self, Problem> {
        let fits = (1..=KEY_CHARS_MAX).contains(&key.len());
        if fits && key.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(key.into()))
        } else {
            Err(invalid())
        }
    }

    /// The key of these headers, if there is one.
    ///
    /// # Errors
    /// [`ProblemKind::InvalidIdempotencyKey`].
    pub fn from_headers(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
        match (values.next(), values.next()) {
            (None, _) => Ok(None),
            (Some(key), None) => {
                let text = key.to_str().map_err(|_| invalid())?;
                Self::try_new(text).map(Some)
            }
            (Some(_), Some(_)) => Err(invalid()),
        }
    }

    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whoever knows a key can repeat its request: it is not printed.
impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdempotencyKey({} characters)", self.0.len())
    }
}

fn invalid() -> Problem {
    Problem::of(ProblemKind::InvalidIdempotencyKey).field(IDEMPOTENCY_KEY, EXPECTED)
}

/// Required: its absence is a [`ProblemKind::MissingIdempotencyKey`].
impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Self::from_headers(&parts.headers)?
            .ok_or_else(|| Problem::of(ProblemKind::MissingIdempotencyKey).field(IDEMPOTENCY_KEY, EXPECTED))
    }
}

/// Honoured where it is given.
impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Problem> {
        Self::from_headers(&parts.headers)
    }
}

/// Makes fingerprints under one secret. The secret must outlive the stored fingerprints: keep it
/// with the data.
#[derive(Clone)]
pub struct Fingerprints {
    body_key: [u8; 32],
    scope_key: [u8; 32],
}

impl Fingerprints {
    /// Derives the keys from a secret of any length.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self {
            body_key: blake3::derive_key("jumun 2026 idempotency body", secret),
            scope_key: blake3::derive_key("jumun 2026 idempotency scope", secret),
        }
    }

    /// The fingerprint of a body's exact bytes.
    #[must_use]
    pub fn body(&self, bytes: &[u8]) -> [u8; 16] {
        shorten(&blake3::keyed_hash(&self.body_key, bytes))
    }

    /// The fingerprint of a scope: subject, route (method and pattern) and key. Where the key says its time,
    /// six of the first eight bytes are that time, and ten bytes of hash are left. It ends with the byte
    /// that weighs most: stores index those eight as a little-endian number.
    #[must_use]
    pub fn scope(&self, subject: &str, route: &str, key: &IdempotencyKey) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.scope_key);
        for part in [subject, route, key.as_str()] {
            // The length in front keeps ("ab", "c") apart from ("a", "bc").
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let mut scope = shorten(&hasher.finalize());
        if let Some(mut time) = time_of(key) {
            time.reverse();
            scope[8 - TIME_BYTES..8].copy_from_slice(&time);
        }
        scope
    }
}

impl fmt::Debug for Fingerprints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprints(..)")
    }
}

/// The milliseconds at the beginning of a UUID of version 7.
fn time_of(key: &IdempotencyKey) -> Option<[u8; TIME_BYTES]> {
    let id = Uuid::try_parse(key.as_str()).ok().filter(|id| id.get_version_num() == 7)?;
    id.as_bytes().first_chunk().copied()
}

fn shorten(hash: &blake3::Hash) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&hash.as_bytes()[..16]);
    short
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    fn headers(values: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(IDEMPOTENCY_KEY, HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

    #[test]
    fn keys_of_1_to_255_visible_characters_are_taken() {
        for key in ["a".to_owned(), "x".repeat(255), "~!{}\"".to_owned()] {
            let read = IdempotencyKey::from_headers(&headers(&[key.as_bytes()])).unwrap();

            assert_eq!(read.unwrap().as_str(), key);
        }
    }

    #[test]
    fn other_keys_are_refused_and_not_repeated() {
        let long = "secret".repeat(11_000);
        for bad in [b"".as_slice(), b"two words", "주문".as_bytes(), b"a\tb", long.as_bytes()] {
            let problem = IdempotencyKey::from_headers(&headers(&[bad])).unwrap_err();

            assert_eq!(problem.kind(), ProblemKind::InvalidIdempotencyKey);
            assert!(!String::from_utf8(problem.to_json()).unwrap().contains("secret"));
        }
        assert!(IdempotencyKey::from_headers(&headers(&[b"a", b"b"])).is_err());
        assert!(IdempotencyKey::try_new(&"x".repeat(256)).is_err());
    }

    #[tokio::test]
    async fn a_missing_key_is_refused_only_where_it_is_required() {
        let (mut parts, ()) = http::Request::new(()).into_parts();

        let required = <IdempotencyKey as FromRequestParts<()>>::from_request_parts(&mut parts, &()).await;
        let optional =
            <IdempotencyKey as OptionalFromRequestParts<()>>::from_request_parts(&mut parts, &()).await;

        assert_eq!(required.unwrap_err().kind(), ProblemKind::MissingIdempotencyKey);
        assert_eq!(optional.unwrap(), None);
    }

    #[test]
    fn fingerprints_differ_by_secret_and_stay_equal_under_one() {
        let (one, two) = (Fingerprints::new(b"one"), Fingerprints::new(b"two"));

        assert_eq!(one.body(b"{}"), Fingerprints::new(b"one").body(b"{}"));
        assert_ne!(one.body(b"{}"), two.body(b"{}"));
    }

    fn scope(subject: &str, key: &str) -> [u8; 16] {
        Fingerprints::new(b"secret").scope(subject, "POST /orders", &IdempotencyKey::try_new(key).unwrap())
    }

    fn indexed(scope: [u8; 16]) -> u64 {
        u64::from_le_bytes(*scope.first_chunk().unwrap())
    }

    #[test]
    fn keys_that_say_their_time_stand_in_its_order_and_are_told_apart_all_the_same() {
        let early = scope("customer:1", "01a22593-5cdd-73e8-84f0-454e4c314a2c");
        let late = scope("customer:1", "01a225935cde70018000000000000000");

        assert!(indexed(early) < indexed(late));
        assert_eq!(indexed(early) >> 16, 0x01a2_2593_5cdd);
        assert_ne!(early, scope("customer:2", "01a22593-5cdd-73e8-84f0-454e4c314a2c"));
        assert_ne!(early, scope("customer:1", "01a22593-5cdd-73e8-84f0-454e4c314a2d"));
    }

    #[test]
    fn keys_that_say_no_time_are_spread() {
        let random = scope("customer:1", "01a22593-5cdd-43e8-84f0-454e4c314a2c");
        let (one, two) = (scope("customer:1", "01a225935cdd-a"), scope("customer:1", "01a225935cdd-b"));

        assert_ne!(indexed(random) >> 16, 0x01a2_2593_5cdd);
        assert_ne!(indexed(one) >> 16, indexed(two) >> 16);
    }

    proptest! {
        #[test]
        fn scopes_are_equal_only_when_all_parts_are(
            a in "[ab:]{0,3}", b in "[ab:]{0,3}", c in "[ab:]{1,3}",
            x in "[ab:]{0,3}", y in "[ab:]{0,3}", z in "[ab:]{1,3}",
        ) {
            let prints = Fingerprints::new(b"secret");
            let left = prints.scope(&a, &b, &IdempotencyKey::try_new(&c).unwrap());
            let right = prints.scope(&x, &y, &IdempotencyKey::try_new(&z).unwrap());

            prop_assert_eq!(left == right, (a, b, c) == (x, y, z));
        }
    }
}
