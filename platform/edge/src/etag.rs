//! Entity tags: a version on every resource, so that nobody overwrites what they have not seen.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::header_text;
use crate::problem::{Problem, ProblemKind};

const EXPECTED: &str = "* or a list of entity tags such as \"v3\"";

/// A strong entity tag made from the version of the entity: `"v3"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntityTag(u64);

impl EntityTag {
    /// The tag of an entity at this version.
    #[must_use]
    pub fn of_version(version: u64) -> Self {
        Self(version)
    }

    /// The version.
    #[must_use]
    pub fn version(self) -> u64 {
        self.0
    }

    /// The header's value.
    #[must_use]
    pub fn header_value(self) -> HeaderValue {
        // A quote, a letter and digits are always a header's value.
        HeaderValue::from_str(&self.to_string()).unwrap_or(HeaderValue::from_static("\"v0\""))
    }

    /// Puts the tag on an answer.
    #[must_use]
    pub fn on(self, answer: impl IntoResponse) -> Response {
        let mut response = answer.into_response();
        response.headers_mut().insert(ETAG, self.header_value());
        response
    }
}

impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"v{}\"", self.0)
    }
}

/// What a conditional header holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Condition {
    #[default]
    Absent,
    Any,
    /// The tags of ours among those listed, and whether each was sent as weak.
    Tags(Vec<(u64, bool)>),
}

/// The header `If-Match`: go on only if the entity is still the one that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IfMatch(Condition);

impl IfMatch {
    /// Refuses when the header names other versions than `current`; without the header all is
    /// well.
    ///
    /// # Errors
    /// [`ProblemKind::PreconditionFailed`] with the current tag as member `etag`.
    pub fn check(&self, current: EntityTag) -> Result<(), Problem> {
        let met = match &self.0 {
            Condition::Absent | Condition::Any => true,
            // RFC 9110 13.1.1: a weak tag never matches here.
            Condition::Tags(tags) => tags.contains(&(current.0, false)),
        };
        if met {
            Ok(())
        } else {
            Err(Problem::of(ProblemKind::PreconditionFailed)
                .field("If-Match", current.to_string())
                .with("etag", current.to_string()))
        }
    }

    /// Like [`IfMatch::check`], for commands that nobody may send blindly.
    ///
    /// # Errors
    /// [`ProblemKind::PreconditionRequired`] without the header, else as [`IfMatch::check`].
    pub fn require(&self, current: EntityTag) -> Result<(), Problem> {
        if self.0 == Condition::Absent {
            return Err(Problem::of(ProblemKind::PreconditionRequired)
                .field("If-Match", "the ETag of the resource as you read it"));
        }
        self.check(current)
    }

    /// The one version that is named, for a store that checks the version itself.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        match &self.0 {
            Condition::Tags(tags) if tags.len() == 1 && !tags[0].1 => Some(tags[0].0),
            _ => None,
        }
    }
}

/// The header `If-None-Match`: answer only if the entity is another one than is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfNoneMatch(Condition);

impl IfNoneMatch {
    /// Whether the client has `current` already.
    #[must_use]
    pub fn knows(&self, current: EntityTag) -> bool {
        match &self.0 {
            Condition::Absent => false,
            Condition::Any => true,
            Condition::Tags(tags) => tags.iter().any(|(version, _)| *version == current.0),
        }
    }

    /// 304 for a client that has `current` already, else the answer with its tag.
    pub fn answer<R: IntoResponse>(&self, current: EntityTag, answer: impl FnOnce() -> R) -> Response {
        if self.knows(current) { current.on(StatusCode::NOT_MODIFIED) } else { current.on(answer()) }
    }
}

fn read(headers: &HeaderMap, name: &HeaderName, label: &'static str) -> Result<Condition, Problem> {
    let mut tags = Vec::new();
    let mut present = false;
    for value in headers.get_all(name) {
        present = true;
        let malformed = || header_text::malformed(label, EXPECTED);
        let text = value.to_str().map_err(|_| malformed())?.trim();
        if text == "*" {
            return Ok(Condition::Any);
        }
        read_tags(text, &mut tags).ok_or_else(malformed)?;
    }
    Ok(if present { Condition::Tags(tags) } else { Condition::Absent })
}

/// Reads `"a", W/"b"`; a well-formed tag that is not one of ours matches nothing and is left out.
fn read_tags(mut rest: &str, tags: &mut Vec<(u64, bool)>) -> Option<()> {
    loop {
        let (opaque, weak) = match rest.strip_prefix("W/") {
            Some(after) => (after, true),
            None => (rest, false),
        };
        let (opaque, after) = opaque.strip_prefix('"')?.split_once('"')?;
        if let Some(version) = version_of(opaque) {
            tags.push((version, weak));
        }
        let after = after.trim_start();
        if after.is_empty() {
            return Some(());
        }
        rest = after.strip_prefix(',')?.trim_start();
    }
}

fn version_of(opaque: &str) -> Option<u64> {
    let digits = opaque.strip_prefix('v')?;
    let version: u64 = digits.parse().ok()?;
    // "v03" and "v+3" are not how we write it.
    (version.to_string() == digits).then_some(version)
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        read(&parts.headers, &IF_MATCH, "If-Match").map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        read(&parts.headers, &IF_NONE_MATCH, "If-None-Match").map(Self)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    fn parts(name: &'static str, value: &str) -> Parts {
        let request = http::Request::builder().header(name, value).body(()).unwrap();
        request.into_parts().0
    }

    async fn if_match(value: &str) -> Result<IfMatch, Problem> {
        IfMatch::from_request_parts(&mut parts("if-match", value), &()).await
    }

    #[tokio::test]
    async fn the_tag_that_was_read_lets_the_command_through() {
        let tag = EntityTag::of_version(3);

        for value in ["\"v3\"", "*", "\"other\", \"v3\""] {
            assert!(if_match(value).await.unwrap().check(tag).is_ok(), "{value}");
        }
        assert_eq!(if_match("\"v3\"").await.unwrap().version(), Some(3));
    }

    #[tokio::test]
    async fn another_tag_or_a_weak_one_is_a_412_that_names_the_current_one() {
        for value in ["\"v2\"", "W/\"v3\"", "\"x\"", "\"v03\""] {
            let problem = if_match(value).await.unwrap().check(EntityTag::of_version(3)).unwrap_err();

            assert_eq!(problem.status(), 412);
            assert_eq!(problem.document().extra["etag"], "\"v3\"");
        }
    }

    #[tokio::test]
    async fn a_malformed_condition_is_a_400() {
        for value in ["", "v3", "\"v3", "\"v3\" \"v4\"", "\"v3\",", "W/v3"] {
            assert_eq!(if_match(value).await.unwrap_err().status(), 400, "{value}");
        }
    }

    #[tokio::test]
    async fn a_missing_condition_matters_only_where_it_is_required() {
        let (mut parts, ()) = http::Request::new(()).into_parts();
        let absent = IfMatch::from_request_parts(&mut parts, &()).await.unwrap();

        assert!(absent.check(EntityTag::of_version(1)).is_ok());
        assert_eq!(absent.require(EntityTag::of_version(1)).unwrap_err().status(), 428);
    }

    #[tokio::test]
    async fn a_client_that_has_it_already_gets_a_304() {
        let mut request = parts("if-none-match", "W/\"v3\"");
        let known = IfNoneMatch::from_request_parts(&mut request, &()).await.unwrap();

        let same = known.answer(EntityTag::of_version(3), || "body");
        let newer = known.answer(EntityTag::of_version(4), || "body");

        assert_eq!((same.status().as_u16(), newer.status().as_u16()), (304, 200));
        assert_eq!(newer.headers()[ETAG], "\"v4\"");
    }
}
