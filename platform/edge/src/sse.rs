//! Server-sent events that can be resumed: every event has an id, and a client that comes back
//! says with `Last-Event-ID` how far it got.
//!
//! An id is `generation-position`. The position is that of the event in the view; the generation
//! changes when the view is rebuilt, so that an id of an older view is recognised: such a client
//! gets [`SseItem::reset`] and a snapshot.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt};
use http::header::{CACHE_CONTROL, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::header_text;
use crate::problem::Problem;

/// How often a silent stream sends a comment, so that proxies keep it open.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);

const LAST_EVENT_ID: &str = "Last-Event-ID";
const EXPECTED: &str = "an id of this stream, GENERATION-POSITION";

/// The id of an event: which view, and where in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventId {
    /// Changes when the view is rebuilt.
    pub generation: u64,
    /// Position in the view.
    pub position: u64,
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.generation, self.position)
    }
}

impl FromStr for EventId {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        text.split_once('-')
            .and_then(|(generation, position)| {
                Some(Self { generation: number(generation)?, position: number(position)? })
            })
            .ok_or_else(|| header_text::malformed(LAST_EVENT_ID, EXPECTED))
    }
}

/// Digits only: `parse` alone would take a sign too.
fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

/// How far a client that comes back got; nothing for one that comes for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastEventId(pub Option<EventId>);

impl LastEventId {
    /// Reads the header.
    ///
    /// # Errors
    /// [`crate::problem::ProblemKind::MalformedHeader`] when it is no id of ours.
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, Problem> {
        match header_text::single(headers, LAST_EVENT_ID, EXPECTED)? {
            // A browser sends an empty id when the last event had none.
            None | Some("") => Ok(Self(None)),
            Some(text) => text.parse().map(|id| Self(Some(id))),
        }
    }

    /// Where to go on in a view of this generation: `None` means from a snapshot, and `true`
    /// beside it that the client must forget what it has first.
    #[must_use]
    pub fn resume(self, generation: u64) -> (Option<u64>, bool) {
        match self.0 {
            None => (None, false),
            Some(id) if id.generation == generation => (Some(id.position), false),
            Some(_) => (None, true),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for LastEventId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Self::from_headers(&parts.headers)
    }
}

/// One event of a stream.
#[derive(Debug, Clone)]
pub struct SseItem {
    /// Its id; only events that can be resumed after have one.
    pub id: Option<EventId>,
    /// Its name, such as `order`; carriage returns and line feeds are dropped.
    pub event: &'static str,
    /// Its data: one JSON value on one line.
    pub data: String,
}

impl SseItem {
    /// An event whose data is this value as JSON.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn json(id: EventId, event: &'static str, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self { id: Some(id), event, data: serde_json::to_string(value)? })
    }

    /// Tells the client to forget what it has: a snapshot follows.
    #[must_use]
    pub fn reset() -> Self {
        Self { id: None, event: "reset", data: "{}".to_owned() }
    }

    fn into_event(self) -> Event {
        // Event panics on line breaks in a name; ours are constants, but nothing here may panic.
        let named = if self.event.contains(['\r', '\n']) {
            Event::default()
        } else {
            Event::default().event(self.event)
        };
        let event = match self.id {
            Some(id) => named.id(id.to_string()),
            None => named,
        };
        if self.data.contains('\r') { event.data(self.data.replace('\r', "")) } else { event.data(self.data) }
    }
}

/// Answers with a stream that ends when `items` end or when `shutdown` is cancelled (the client
/// then comes back with the last id it saw).
pub fn sse(items: impl Stream<Item = SseItem> + Send + 'static, shutdown: CancellationToken) -> Response {
    let events =
        items.map(|item| Ok::<_, Infallible>(item.into_event())).take_until(shutdown.cancelled_owned());
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that buffer would hold every event back.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use http_body_util::BodyExt;
    use proptest::prelude::*;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("last-event-id", HeaderValue::from_str(value).unwrap());
        headers
    }

    fn item(position: u64) -> SseItem {
        let id = EventId { generation: 7, position };
        SseItem::json(id, "order", &serde_json::json!({"n": position})).unwrap()
    }

    #[tokio::test]
    async fn events_carry_ids_and_names() {
        let response = sse(futures::stream::iter([item(1), SseItem::reset()]), CancellationToken::new());

        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let text = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(text.to_vec()).unwrap();
        assert!(text.contains("event: order\nid: 7-1\ndata: {\"n\":1}\n\n"), "{text}");
        assert!(text.contains("event: reset\ndata: {}\n\n"), "{text}");
    }

    #[tokio::test]
    async fn a_silent_stream_ends_on_shutdown() {
        let shutdown = CancellationToken::new();
        let response = sse(futures::stream::pending(), shutdown.clone());

        shutdown.cancel();

        assert!(response.into_body().collect().await.unwrap().to_bytes().is_empty());
    }

    #[test]
    fn a_client_resumes_in_its_generation_and_is_reset_in_another() {
        let last = LastEventId::from_headers(&headers("7-42")).unwrap();

        assert_eq!(last.resume(7), (Some(42), false));
        assert_eq!(last.resume(8), (None, true));
        assert_eq!(LastEventId::from_headers(&HeaderMap::new()).unwrap().resume(7), (None, false));
    }

    #[test]
    fn an_id_that_is_not_ours_is_a_400_that_names_the_header() {
        for text in ["7", "7-", "-7", "a-b", "7-+1", "7-1-1", "99999999999999999999-1"] {
            let problem = LastEventId::from_headers(&headers(text)).unwrap_err();

            assert_eq!(problem.status(), 400, "{text}");
            assert_eq!(problem.document().errors[0].field, "Last-Event-ID");
        }
    }

    proptest! {
        #[test]
        fn an_id_is_read_back_equal(generation: u64, position: u64) {
            let id = EventId { generation, position };

            prop_assert_eq!(id.to_string().parse::<EventId>().unwrap(), id);
        }
    }
}
