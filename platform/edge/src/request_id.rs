//! The id that ties an answer to its log lines.

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::OptionalFromRequestParts;
use http::header::HeaderName;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};

/// The header's name.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const CHARS_MAX: usize = 64;

/// The id of a request: the client's or the proxy's, if it sent a decent one, else ours.
///
/// It stands in the header of the answer and in logs, never in a body: bodies are replayed byte
/// for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only visible ASCII is ever taken.
        self.0.to_str().unwrap_or_default()
    }

    pub(crate) fn header_value(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Present behind an [`crate::layers::EdgeLayer`].
impl<S: Send + Sync> OptionalFromRequestParts<S> for RequestId {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

/// Makes ids: a number per process and a count.
#[derive(Debug)]
pub(crate) struct RequestIds {
    process: u32,
    count: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new() -> Self {
        // The seed of a hash map's hasher is the one chance that the standard library gives.
        let chance = RandomState::new().build_hasher().finish();
        Self { process: (chance >> 32) as u32, count: AtomicU64::new(0) }
    }

    pub(crate) fn of(&self, headers: &HeaderMap) -> RequestId {
        match headers.get(X_REQUEST_ID) {
            Some(sent) if is_decent(sent.as_bytes()) => RequestId(sent.clone()),
            _ => self.next(),
        }
    }

    fn next(&self) -> RequestId {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        // The header takes the text over without copying it.
        let text = format!("{:08x}-{count:x}", self.process);
        RequestId(HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("unknown")))
    }
}

fn is_decent(id: &[u8]) -> bool {
    (1..=CHARS_MAX).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[test]
    fn a_decent_id_is_kept_and_any_other_is_replaced() {
        let ids = RequestIds::new();
        let long = "x".repeat(65);
        for (sent, kept) in [("a-1", true), ("", false), ("${jndi}", false), (&long, false)] {
            let mut headers = HeaderMap::new();
            headers.insert(X_REQUEST_ID, HeaderValue::from_str(sent).unwrap());

            assert_eq!(ids.of(&headers).as_str() == sent, kept, "{sent}");
        }
        assert_ne!(ids.next(), ids.next());
    }
}
