//! Problems: every refusal and breakdown that leaves over HTTP, as RFC 9457 describes it.
//!
//! The kinds are the closed list of [`crate::problem_kind`]; a handler says
//! `Problem::of(ProblemKind::OutOfStock).detail("..")` and adds what helps: the fields that
//! were wrong, members of its own, when to try again.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

pub use crate::problem_kind::{ProblemKind, ProblemRow};

/// The media type of every problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Longest text of the client's that a problem repeats, in characters.
const ECHO_CHARS_MAX: usize = 64;

/// One wrong field: where it is and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Path of the field, such as `lines[0].quantity`, or the name of a header or parameter.
    #[schema(example = "lines[0].quantity")]
    pub field: String,
    /// What would have been accepted.
    #[schema(example = "a whole number from 1 to 99")]
    pub expected: String,
    /// One sentence for a person.
    pub message: String,
    /// What came instead, shortened; never the text of a string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
}

impl FieldError {
    /// A wrong field with the message made from what was expected.
    #[must_use]
    pub fn new(field: impl Into<String>, expected: impl Into<String>) -> Self {
        let (field, expected) = (field.into(), expected.into());
        let message = format!("{field} must be {expected}");
        Self { field, expected, message, got: None }
    }

    /// Says what came instead; shortened and without control characters.
    #[must_use]
    pub fn got(mut self, got: impl AsRef<str>) -> Self {
        let got = echo(got.as_ref());
        self.message = format!("{}, got {got}", self.message);
        self.got = Some(got);
        self
    }
}

/// The document as it stands on the wire (and in the OpenAPI document, under the name `Problem`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// Stable address of the kind of problem.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "https://jumun.dev/problems/out-of-stock")]
    pub type_uri: Cow<'static, str>,
    /// What went wrong, the same for every problem of the kind.
    #[schema(value_type = String)]
    pub title: Cow<'static, str>,
    /// The HTTP status, repeated.
    pub status: u16,
    /// What went wrong this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The resource the problem is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The fields that were wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// After how many seconds another try makes sense; also sent as `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u32>,
    /// Members of the kind's own.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

/// A problem on its way to the client; one pointer wide, so that it is cheap inside a `Result`.
#[derive(Clone, PartialEq)]
pub struct Problem(Box<Parts>);

#[derive(Clone, PartialEq)]
struct Parts {
    kind: ProblemKind,
    document: ProblemDocument,
}

impl Problem {
    /// A problem of this kind with its title and status and nothing else yet.
    #[must_use]
    pub fn of(kind: ProblemKind) -> Self {
        let row = kind.row();
        Self(Box::new(Parts {
            kind,
            document: ProblemDocument {
                type_uri: Cow::Borrowed(row.type_uri),
                title: Cow::Borrowed(row.title),
                status: row.status,
                detail: None,
                instance: None,
                errors: Vec::new(),
                retry_after_seconds: row.retry_after_seconds,
                extra: BTreeMap::new(),
            },
        }))
    }

    /// The problem that stands for a bare status, as a library answers one.
    #[must_use]
    pub fn from_status(status: StatusCode) -> Self {
        Self::of(ProblemKind::for_status(status.as_u16()))
    }

    /// Reads the problem a neighbour answered with.
    ///
    /// # Errors
    /// Gives the reason when the bytes are no problem of the list.
    pub fn from_json(bytes: &[u8]) -> Result<Self, String> {
        let document: ProblemDocument = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let kind = ProblemKind::from_type_uri(&document.type_uri)
            .ok_or_else(|| format!("unknown problem type {}", echo(&document.type_uri)))?;
        Ok(Self(Box::new(Parts { kind, document })))
    }

    /// Says what went wrong this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.document.detail = Some(detail.into());
        self
    }

    /// Names the resource the problem is about.
    #[must_use]
    pub fn instance(mut self, instance: impl Into<String>) -> Self {
        self.0.document.instance = Some(instance.into());
        self
    }

    /// Names a wrong field and what was expected there.
    #[must_use]
    pub fn field(self, field: impl Into<String>, expected: impl Into<String>) -> Self {
        self.error(FieldError::new(field, expected))
    }

    /// Adds a wrong field.
    #[must_use]
    pub fn error(mut self, error: FieldError) -> Self {
        self.0.document.errors.push(error);
        self
    }

    /// Adds a member of the kind's own, such as both prices of `price-differs`. A name that
    /// RFC 9457 or this document uses itself is ignored, since it would stand there twice.
    #[must_use]
    pub fn with(mut self, member: &'static str, value: impl Into<Value>) -> Self {
        const TAKEN: [&str; 7] =
            ["type", "title", "status", "detail", "instance", "errors", "retry_after_seconds"];
        if !TAKEN.contains(&member) {
            self.0.document.extra.insert(member.to_owned(), value.into());
        }
        self
    }

    /// Says after how many seconds another try makes sense.
    #[must_use]
    pub fn retry_after_seconds(mut self, seconds: u32) -> Self {
        self.0.document.retry_after_seconds = Some(seconds);
        self
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> ProblemKind {
        self.0.kind
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.document.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The document as it will be sent.
    #[must_use]
    pub fn document(&self) -> &ProblemDocument {
        &self.0.document
    }

    /// The same problem with its Korean title.
    #[must_use]
    pub fn in_korean(mut self) -> Self {
        self.0.document.title = Cow::Borrowed(self.0.kind.row().title_ko);
        self
    }

    /// The exact bytes of the body; the same problem always gives the same bytes.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Strings, numbers and a map with text keys: writing them cannot fail.
        serde_json::to_vec(&self.0.document).unwrap_or_default()
    }

    pub(crate) fn render(&self) -> Response {
        let mut response = (self.status(), self.to_json()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = self.0.document.retry_after_seconds {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.0.document.title == self.0.kind.row().title_ko {
            headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static("ko"));
        }
        response
    }
}

/// The problem behind a response, kept beside it for layers that translate, count or log.
#[derive(Debug, Clone)]
pub struct SentProblem(pub Arc<Problem>);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.render();
        response.extensions_mut().insert(SentProblem(Arc::new(self)));
        response
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Problem").field(&self.0.document).finish()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind.row().slug)?;
        match &self.0.document.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

impl From<ProblemKind> for Problem {
    fn from(kind: ProblemKind) -> Self {
        Self::of(kind)
    }
}

/// A client's text made fit to be repeated: shortened, control characters replaced.
#[must_use]
pub fn echo(text: &str) -> String {
    let mut safe: String =
        text.chars().take(ECHO_CHARS_MAX).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(ECHO_CHARS_MAX).is_some() {
        safe.push('…');
    }
    safe
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use axum::body::to_bytes;

    #[tokio::test]
    async fn a_problem_is_sent_as_rfc_9457_with_its_retry_after() {
        let problem = Problem::of(ProblemKind::Overloaded)
            .detail("1024 requests are in flight")
            .retry_after_seconds(3)
            .with("lane", "commands");

        let response = problem.into_response();

        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[CONTENT_TYPE], PROBLEM_JSON);
        assert_eq!(response.headers()[RETRY_AFTER], "3");
        let body = to_bytes(response.into_body(), 4096).await.unwrap();
        let json: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(json["type"], "https://jumun.dev/problems/overloaded");
        assert_eq!(json["status"], 503);
        assert_eq!(json["lane"], "commands");
    }

    #[test]
    fn a_field_error_names_the_field_and_what_was_expected() {
        let problem = Problem::of(ProblemKind::InvalidField)
            .error(FieldError::new("lines[0].quantity", "a whole number from 1 to 99").got("-1"));

        let error = &problem.document().errors[0];
        assert_eq!(error.message, "lines[0].quantity must be a whole number from 1 to 99, got -1");
        assert_eq!(error.got.as_deref(), Some("-1"));
    }

    #[test]
    fn a_neighbours_problem_is_read_back_equal() {
        let sent = Problem::of(ProblemKind::PriceDiffers)
            .detail("prices differ")
            .field("lines[0].price", "4500")
            .with("price", 4500)
            .with("yours", 4000);

        assert_eq!(Problem::from_json(&sent.to_json()).unwrap(), sent);
    }

    #[test]
    fn a_problem_that_is_not_of_the_list_is_not_read() {
        let foreign = br#"{"type":"about:blank","title":"x","status":400}"#;

        assert!(Problem::from_json(foreign).is_err());
    }

    #[test]
    fn the_openapi_document_calls_it_problem() {
        assert_eq!(<ProblemDocument as utoipa::ToSchema>::name(), "Problem");
    }

    #[test]
    fn a_member_never_stands_twice() {
        let problem = Problem::of(ProblemKind::NotFound).with("status", 200);

        assert_eq!(String::from_utf8(problem.to_json()).unwrap().matches("status").count(), 1);
    }

    #[test]
    fn a_repeated_text_is_short_and_has_no_control_characters() {
        let echoed = echo(&format!("a\r\nb{}", "x".repeat(500)));

        assert!(echoed.chars().count() <= ECHO_CHARS_MAX + 1);
        assert!(!echoed.chars().any(char::is_control));
    }
}
