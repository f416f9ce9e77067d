use axum::extract::FromRequestParts;
use edge::actor::ActorHeader;
use edge::etag::{EntityTag, IfMatch, IfNoneMatch};
use edge::idempotency::IdempotencyKey;
use edge::sse::LastEventId;
use futures::FutureExt;
use http::{HeaderName, HeaderValue, Request};

use super::forms::holds;

const NAMES: [HeaderName; 6] = [
    HeaderName::from_static("jumun-actor"),
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("if-match"),
    HeaderName::from_static("if-none-match"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("x-forwarded-for"),
];

/// Reads each line of bytes as each of the headers that are ours.
pub(super) fn headers(bytes: &[u8]) {
    let values: Vec<HeaderValue> =
        bytes.split(|byte| *byte == b'\n').filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();
    for name in NAMES {
        let mut request = Request::new(());
        for value in values.iter().take(3) {
            request.headers_mut().append(&name, value.clone());
        }
        let (mut parts, ()) = request.into_parts();
        holds("actor", ActorHeader::from_headers(&parts.headers).map(|actor| says_itself(&actor)));
        holds("key", IdempotencyKey::from_headers(&parts.headers).map(drop));
        holds("position", LastEventId::from_headers(&parts.headers).map(drop));
        let at_once = "headers are there";
        let current = EntityTag::of_version(3);
        let if_match = IfMatch::from_request_parts(&mut parts, &()).now_or_never().expect(at_once);
        holds("if-match", if_match.and_then(|condition| condition.check(current)));
        let if_none = IfNoneMatch::from_request_parts(&mut parts, &()).now_or_never().expect(at_once);
        holds(
            "if-none-match",
            if_none.map(|condition| assert!(!condition.knows(current) || !values.is_empty())),
        );
    }
}

/// An actor that was read is written as it was read.
fn says_itself(actor: &ActorHeader) {
    assert_eq!(&ActorHeader::try_new(actor.as_str()).unwrap(), actor);
    assert!(actor.as_str().bytes().all(|byte| byte.is_ascii_graphic()), "{actor}");
}
