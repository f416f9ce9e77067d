use axum::body::Body;
use axum::response::Response;
use catalog_contract::{Collection, CommandForm};
use edge::problem::{Problem, ProblemKind};
use http::header::ALLOW;
use http::{HeaderName, HeaderValue, Method};

use crate::address::Place;

const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");

impl Place {
    /// The methods that are served here, beside HEAD and OPTIONS.
    pub(crate) fn methods(&self, collection: &Collection) -> Vec<Method> {
        let deletes =
            collection.commands.iter().any(|command| matches!(command.said, CommandForm::Delete(_)));
        match self {
            Self::Collection(_) if collection.takes => vec![Method::GET, Method::POST],
            Self::Item(..) => {
                let mut methods = vec![Method::GET];
                if !collection.commands.is_empty() {
                    methods.extend([Method::PATCH, Method::PUT]);
                }
                if deletes {
                    methods.push(Method::DELETE);
                }
                methods
            }
            Self::Command(..) => vec![Method::PUT],
            _ => vec![Method::GET],
        }
    }
}

/// What may be done here.
pub(crate) fn options(allowed: &[Method]) -> Response {
    let mut words: Vec<&str> = allowed.iter().map(Method::as_str).collect();
    if allowed.contains(&Method::GET) {
        words.insert(1, "HEAD");
    }
    words.push("OPTIONS");
    let mut response = Response::new(Body::empty());
    if let Ok(value) = HeaderValue::from_str(&words.join(",")) {
        response.headers_mut().insert(ALLOW, value);
    }
    if allowed.contains(&Method::PATCH) {
        let types =
            "application/json,application/hal+json,application/merge-patch+json,application/json-patch+json";
        response.headers_mut().insert(ACCEPT_PATCH, HeaderValue::from_static(types));
    }
    response
}

/// The refusal of a method that is not served.
pub(crate) fn refuse_method() -> Problem {
    Problem::of(ProblemKind::MethodNotAllowed)
}
