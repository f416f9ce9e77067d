//! Pages of other origins: which may read and write here, and that no other one changes anything.
//!
//! A browser sends simple requests without asking first. So a request that would change something and
//! that says it comes from a foreign page is refused, whatever it carries (reliability: S16).

use std::ops::ControlFlow;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use edge::problem::{Problem, ProblemKind};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HOST, ORIGIN, VARY,
};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};

/// What pages of the list may do, send and read.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const HEADERS: &str = "accept, accept-language, authorization, content-type, idempotency-key, if-match, \
                       if-none-match, jumun-actor, last-event-id";
const EXPOSED: &str = "etag, location, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, \
                       x-request-id";
/// How long a browser may remember what it was allowed.
const ALLOWED_FOR_SECONDS: &str = "600";

/// Pages of other origins that may call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(Vec<HeaderValue>);

/// A text that is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin: expected scheme and host, such as https://shop.example, without a path")]
pub struct WrongOrigin(String);

impl Origins {
    /// A list of origins as browsers send them.
    ///
    /// # Errors
    /// [`WrongOrigin`] for the first that browsers would never send; `*` is none of them.
    pub fn try_new(origins: &[String]) -> Result<Self, WrongOrigin> {
        origins
            .iter()
            .map(|origin| read(origin).ok_or_else(|| WrongOrigin(origin.clone())))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The same list with the pages under an address of one's own, such as `https://shop.example/jumun`: a
    /// proxy in front may call us by another name.
    #[must_use]
    pub fn with_pages_under(mut self, own: &str) -> Self {
        let uri = own.parse::<Uri>().ok();
        let origin = uri.and_then(|uri| read(&format!("{}://{}", uri.scheme_str()?, uri.authority()?)));
        self.0.extend(origin);
        self
    }

    fn may_change(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(ORIGIN) else {
            // No browser, or one that sends the page itself no origin; a foreign page is said so.
            return headers.get("sec-fetch-site").is_none_or(|site| site != "cross-site");
        };
        self.0.contains(origin) || is_of_this_host(origin, headers)
    }
}

fn read(origin: &str) -> Option<HeaderValue> {
    let uri: Uri = origin.parse().ok()?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let bare = format!("{}://{}", uri.scheme_str()?, uri.authority()?);
    (is_web && bare == origin && !origin.contains('@')).then(|| HeaderValue::from_str(origin).ok())?
}

/// Whether a page was served under the very name that the request is for.
fn is_of_this_host(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let origin = origin.to_str().ok().and_then(|text| text.parse::<Uri>().ok());
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    match (origin.as_ref().and_then(Uri::authority), host) {
        (Some(origin), Some(host)) => origin.as_str().eq_ignore_ascii_case(host.as_str()),
        _ => false,
    }
}

/// The origin of the page that a request comes from, where that one is on the list.
#[derive(Debug)]
pub(crate) struct KnownOrigin(Option<HeaderValue>);

impl KnownOrigin {
    /// Lets a request pass; answers browsers that ask beforehand, and refuses what a foreign page would
    /// change.
    ///
    /// An `OPTIONS` that is no such question goes its way: it asks what may be done there.
    pub(crate) fn of(origins: &Origins, request: &Request) -> ControlFlow<Response, Self> {
        let known = Self(request.headers().get(ORIGIN).filter(|origin| origins.0.contains(origin)).cloned());
        let asks_beforehand = *request.method() == Method::OPTIONS
            && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if asks_beforehand {
            let answer = answer_beforehand(known.0.is_some());
            ControlFlow::Break(known.told(answer))
        } else if reads(request.method()) || origins.may_change(request.headers()) {
            ControlFlow::Continue(known)
        } else {
            ControlFlow::Break(known.told(refuse().into_response()))
        }
    }

    /// Says in an answer which page may read it.
    pub(crate) fn told(self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.append(VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = self.0 {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        }
        response
    }
}

fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Credentials are never allowed: who acts stands in headers that a page sets knowingly.
fn answer_beforehand(is_known: bool) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if is_known {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(HEADERS));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(ALLOWED_FOR_SECONDS));
    }
    response
}

fn refuse() -> Problem {
    Problem::of(ProblemKind::Forbidden).detail(
        "pages of this origin may change nothing here; the operator can allow it with --allowed-origins",
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use http::HeaderName;

    fn origins() -> Origins {
        Origins::try_new(&["https://shop.example".to_owned()]).unwrap()
    }

    fn headers(named: &[(&'static str, &str)]) -> HeaderMap {
        named.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_what_a_browser_would_send_is_an_origin() {
        for wrong in
            ["*", "null", "shop.example", "https://shop.example/", "ftp://shop.example", "https://a@b"]
        {
            assert_eq!(Origins::try_new(&[wrong.to_owned()]), Err(WrongOrigin(wrong.to_owned())));
        }
        assert!(Origins::try_new(&["http://localhost:3000".to_owned()]).is_ok());
    }

    #[test]
    fn a_page_of_the_list_or_of_this_very_host_may_change_things() {
        for origin in ["https://shop.example", "http://localhost:8088"] {
            assert!(
                origins().may_change(&headers(&[("origin", origin), ("host", "localhost:8088")])),
                "{origin}"
            );
        }
    }

    #[test]
    fn a_page_under_the_address_that_customers_see_may_whatever_a_proxy_calls_us() {
        let origins = Origins::default().with_pages_under("https://shop.example/jumun/");
        let behind_a_proxy = |origin| headers(&[("origin", origin), ("host", "10.0.0.7:8088")]);
        assert!(origins.may_change(&behind_a_proxy("https://shop.example")));
        assert!(!origins.may_change(&behind_a_proxy("https://evil.example")));
        assert_eq!(Origins::default().with_pages_under("no address"), Origins::default());
    }

    #[test]
    fn a_foreign_page_may_not() {
        for origin in
            ["https://evil.example", "http://localhost:9999", "null", "https://shop.example.evil.example"]
        {
            assert!(
                !origins().may_change(&headers(&[("origin", origin), ("host", "localhost:8088")])),
                "{origin}"
            );
        }
        assert!(
            !origins().may_change(&headers(&[("host", "localhost:8088"), ("sec-fetch-site", "cross-site")]))
        );
    }

    #[test]
    fn whoever_is_no_browser_says_no_origin() {
        assert!(origins().may_change(&headers(&[("host", "localhost:8088")])));
        assert!(origins().may_change(&headers(&[("host", "localhost:8088"), ("sec-fetch-site", "none")])));
    }
}
