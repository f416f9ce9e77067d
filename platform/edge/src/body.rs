//! Bodies, read once and strictly; every failure is a problem that names the field.

use std::future::Future;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use http::request::Parts;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::body_deadline::BodyDeadlinePassed;
use crate::json::read_json;
use crate::problem::{FieldError, Problem, ProblemKind};

/// The bytes of a body, cheap to clone.
pub type BodyBytes = axum::body::Bytes;

/// How large a body may be unless the route says otherwise, in bytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// How much of a body that is refused is read and forgotten, in bytes.
const FORGOTTEN_BYTES_MAX: usize = 1024 * 1024;

/// Another limit for the bodies of some routes; put it into the request's extensions
/// (`.layer(Extension(BodyLimit { bytes_max: 1024 }))`).
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit {
    /// Largest body, in bytes.
    pub bytes_max: usize,
}

/// A JSON body, read once and strictly: media type, size, depth, UTF-8, types, nothing after it.
///
/// Give `T` `#[serde(deny_unknown_fields)]`.
#[derive(Debug, Clone, Copy)]
pub struct StrictJson<T>(pub T);

/// Like [`StrictJson`], with the exact bytes beside it (for the fingerprint of the body).
#[derive(Debug, Clone)]
pub struct StrictJsonWithBytes<T> {
    /// What was read.
    pub value: T,
    /// What it was read from.
    pub bytes: BodyBytes,
}

impl<T, S> FromRequest<S> for StrictJson<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let bytes = json_bytes(request).await?;
        read_json(&bytes).map(Self)
    }
}

impl<T, S> FromRequest<S> for StrictJsonWithBytes<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let bytes = json_bytes(request).await?;
        let value = read_json(&bytes)?;
        Ok(Self { value, bytes })
    }
}

/// The bytes of a body that says it is JSON.
fn json_bytes(request: Request) -> impl Future<Output = Result<BodyBytes, Problem>> {
    let (parts, body) = request.into_parts();
    async move {
        expect_json(&parts.headers)?;
        read_body(&parts, body).await
    }
}

/// Reads a body within its limit.
///
/// # Errors
/// [`ProblemKind::BodyTooLarge`], [`ProblemKind::BodyTooSlow`] or, when the client broke the
/// framing or went away, [`ProblemKind::MalformedRequest`].
pub async fn read_body(parts: &Parts, mut body: Body) -> Result<BodyBytes, Problem> {
    let bytes_max = parts.extensions.get::<BodyLimit>().map_or(BODY_BYTES_MAX, |limit| limit.bytes_max);
    if declared_length(&parts.headers).is_some_and(|length| length > bytes_max as u64) {
        // A client that waits for leave has sent nothing yet, and shall not.
        if !parts.headers.contains_key(EXPECT) {
            forget(&mut body).await;
        }
        return Err(too_large(bytes_max));
    }
    match Limited::new(&mut body, bytes_max).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) => {
            if error.is::<LengthLimitError>() {
                forget(&mut body).await;
            }
            Err(body_problem(error.as_ref(), bytes_max))
        }
    }
}

/// Reads on, within bounds, and keeps nothing: a client whose bytes are left unread is cut off by
/// the system before it has read why it was refused.
async fn forget(body: &mut Body) {
    let mut forgotten = 0;
    while forgotten < FORGOTTEN_BYTES_MAX {
        match body.frame().await {
            Some(Ok(frame)) => forgotten += frame.data_ref().map_or(0, BodyBytes::len),
            Some(Err(_)) | None => return,
        }
    }
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::of(ProblemKind::BodyTooLarge).field("body", format!("at most {bytes_max} bytes long"))
}

fn body_problem(error: &(dyn std::error::Error + 'static), bytes_max: usize) -> Problem {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return too_large(bytes_max);
        }
        if error.is::<BodyDeadlinePassed>() {
            return Problem::of(ProblemKind::BodyTooSlow);
        }
        cause = error.source();
    }
    Problem::of(ProblemKind::MalformedRequest).detail("the body ended before it was complete")
}

fn expect_json(headers: &HeaderMap) -> Result<(), Problem> {
    let refuse = |field: &str, expected: &str, got: Option<&[u8]>| {
        let mut error = FieldError::new(field, expected);
        if let Some(got) = got {
            error = error.got(String::from_utf8_lossy(got));
        }
        Err(Problem::of(ProblemKind::UnsupportedMediaType).error(error))
    };
    if let Some(encoding) = headers.get(CONTENT_ENCODING)
        && encoding != "identity"
    {
        return refuse("Content-Encoding", "absent", Some(encoding.as_bytes()));
    }
    match headers.get(CONTENT_TYPE) {
        Some(value) if is_json(value.as_bytes()) => Ok(()),
        got => refuse("Content-Type", "application/json", got.map(http::HeaderValue::as_bytes)),
    }
}

/// `application/json` or `application/…+json`, in UTF-8 where a charset is named.
fn is_json(content_type: &[u8]) -> bool {
    if content_type == b"application/json" {
        return true;
    }
    let Ok(text) = std::str::from_utf8(content_type) else {
        return false;
    };
    let text = text.to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let subtype = essence.strip_prefix("application/").unwrap_or_default();
    let json = subtype == "json" || subtype.len() > 5 && subtype.ends_with("+json");
    json && parts.all(|parameter| match parameter.strip_prefix("charset=") {
        Some(charset) => matches!(charset.trim_matches('"'), "utf-8" | "utf8"),
        None => true,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use axum::Router;
    use axum::routing::post;
    use http::StatusCode;
    use serde::Deserialize;
    use tower::ServiceExt;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wish {
        quantity: u32,
    }

    fn router() -> Router {
        Router::new()
            .route("/wishes", post(async |StrictJson(wish): StrictJson<Wish>| wish.quantity.to_string()))
    }

    async fn send(request: Request) -> (StatusCode, HeaderMap, serde_json::Value) {
        let response = router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into());
        (parts.status, parts.headers, json)
    }

    fn post_json(content_type: Option<&str>, body: impl Into<Body>) -> Request {
        let mut request = Request::post("/wishes");
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        }
        request.body(body.into()).unwrap()
    }

    #[tokio::test]
    async fn a_good_body_reaches_the_handler_under_every_json_type() {
        for content_type in
            ["application/json", "Application/JSON; charset=UTF-8", "application/cloudevents+json"]
        {
            let (status, _, body) = send(post_json(Some(content_type), r#"{"quantity":3}"#)).await;

            assert_eq!((status.as_u16(), body), (200, 3.into()), "{content_type}");
        }
    }

    #[tokio::test]
    async fn another_media_type_or_an_encoding_is_a_415() {
        for content_type in
            [None, Some("text/plain"), Some("application/x+xml"), Some("application/json; charset=euc-kr")]
        {
            let (status, _, body) = send(post_json(content_type, r#"{"quantity":3}"#)).await;

            assert_eq!(status, 415);
            assert_eq!(body["errors"][0]["field"], "Content-Type");
        }
        let mut zipped = post_json(Some("application/json"), "x");
        zipped.headers_mut().insert(CONTENT_ENCODING, http::HeaderValue::from_static("gzip"));
        assert_eq!(send(zipped).await.0, 415);
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_a_413_whether_declared_or_found() {
        let large = "x".repeat(BODY_BYTES_MAX + 1);
        let (found, _, body) = send(post_json(Some("application/json"), large)).await;
        let mut request = post_json(Some("application/json"), "{}");
        request.headers_mut().insert(CONTENT_LENGTH, http::HeaderValue::from_static("10000000000"));
        let (declared, _, _) = send(request).await;

        assert_eq!((found.as_u16(), declared.as_u16()), (413, 413));
        assert_eq!(body["errors"][0]["expected"], "at most 65536 bytes long");
    }

    #[tokio::test]
    async fn a_body_of_exactly_the_limit_is_read() {
        let mut body = String::from(r#"{"quantity":3}"#);
        body.push_str(&" ".repeat(BODY_BYTES_MAX - body.len()));

        assert_eq!(send(post_json(Some("application/json"), body)).await.0, 200);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_a_400() {
        let broken = Body::from_stream(futures::stream::iter([
            Ok::<_, std::io::Error>("{\"quan"),
            Err(std::io::Error::other("gone")),
        ]));

        assert_eq!(send(post_json(Some("application/json"), broken)).await.0, 400);
    }
}
