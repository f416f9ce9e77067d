//! The parameters of an address, read strictly - [`StrictQuery`], [`StrictPath`] - and the
//! fallbacks for addresses and methods that are not there.

use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, Query};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::expectation::Complaint;
use crate::problem::{FieldError, Problem, ProblemKind, echo};

/// The query of the address, read strictly: a parameter that is wrong is named in the answer.
///
/// Give `T` `#[serde(deny_unknown_fields)]`.
#[derive(Debug, Clone, Copy)]
pub struct StrictQuery<T>(pub T);

impl<T, S> FromRequestParts<S> for StrictQuery<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(query_problem(&rejection)),
        }
    }
}

pub(crate) fn query_problem(rejection: &(dyn std::error::Error + 'static)) -> Problem {
    type QueryError = serde_path_to_error::Error<serde::de::value::Error>;
    let mut cause = Some(rejection);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<QueryError>() {
            let text = error.inner().to_string();
            return Complaint::of_parameter(&text).into_problem(&error.path().to_string());
        }
        cause = error.source();
    }
    Problem::of(ProblemKind::InvalidField).field("query", "as documented")
}

/// The parts of the path; an id that cannot be an id is a thing that is not there: 404.
#[derive(Debug, Clone, Copy)]
pub struct StrictPath<T>(pub T);

impl<T, S> FromRequestParts<S> for StrictPath<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(path_problem(rejection)),
        }
    }
}

fn path_problem(rejection: PathRejection) -> Problem {
    let not_found = Problem::of(ProblemKind::NotFound);
    let PathRejection::FailedToDeserializePathParams(failure) = rejection else {
        return Problem::of(ProblemKind::Internal);
    };
    match failure.into_kind() {
        ErrorKind::ParseErrorAtKey { key, value, expected_type } => {
            not_found.error(FieldError::new(key, expected_in_path(expected_type)).got(value))
        }
        ErrorKind::ParseErrorAtIndex { index, value, expected_type } => not_found
            .error(FieldError::new(format!("path[{index}]"), expected_in_path(expected_type)).got(value)),
        ErrorKind::ParseError { value, expected_type } => {
            not_found.error(FieldError::new("path", expected_in_path(expected_type)).got(value))
        }
        ErrorKind::DeserializeError { key, message, .. } => not_found.field(key, echo(&message)),
        ErrorKind::InvalidUtf8InPathParam { key } => not_found.field(key, "UTF-8"),
        ErrorKind::Message(message) => not_found.detail(echo(&message)),
        // The handler asks for other parts than the route has: our fault, not the client's.
        _ => Problem::of(ProblemKind::Internal),
    }
}

fn expected_in_path(expected_type: &str) -> &'static str {
    match expected_type {
        "bool" => "true or false",
        "f32" | "f64" => "a number",
        name if name.starts_with('u') => "a whole number, not negative",
        name if name.starts_with('i') => "a whole number",
        _ => "the id of something that exists",
    }
}

/// The answer to an address that is not there; for `Router::fallback`.
pub async fn not_found() -> Problem {
    Problem::of(ProblemKind::NotFound)
}

/// The answer to a method that an address does not have; for
/// `Router::method_not_allowed_fallback`. The router adds `Allow`.
pub async fn method_not_allowed() -> Problem {
    Problem::of(ProblemKind::MethodNotAllowed)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use axum::Router;
    use axum::body::Body;
    use axum::extract::Request;
    use axum::routing::{get, post};
    use http::header::CONTENT_TYPE;
    use http::{HeaderMap, StatusCode};
    use http_body_util::BodyExt;
    use serde::Deserialize;
    use tower::ServiceExt;

    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        state: Option<Word>,
        limit: Option<u16>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        Placed,
        Paid,
    }

    fn router() -> Router {
        Router::new()
            .route("/wishes", post(async || "made"))
            .route("/wishes/{id}", get(async |StrictPath(id): StrictPath<uuid::Uuid>| id.to_string()))
            .route("/numbers/{n}", get(async |StrictPath(n): StrictPath<u32>| n.to_string()))
            .route(
                "/list",
                get(async |StrictQuery(f): StrictQuery<Filter>| {
                    format!("{:?} {}", f.limit, f.state.is_some_and(|w| matches!(w, Word::Paid)))
                }),
            )
            .fallback(not_found)
            .method_not_allowed_fallback(method_not_allowed)
    }

    async fn send(request: Request) -> (StatusCode, HeaderMap, serde_json::Value) {
        let response = router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into());
        (parts.status, parts.headers, json)
    }

    fn get_at(uri: &str) -> Request {
        Request::get(uri).body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn a_wrong_parameter_is_named() {
        let (status, _, body) = send(get_at("/list?limit=many")).await;
        assert_eq!(status, 400);
        assert_eq!(body["errors"][0]["field"], "limit");

        let (status, _, body) = send(get_at("/list?state=eaten")).await;
        assert_eq!(status, 400);
        assert_eq!(body["errors"][0]["field"], "state");
        assert_eq!(body["errors"][0]["expected"], "`placed` or `paid`");

        let (_, _, body) = send(get_at("/list?stat=paid")).await;
        assert_eq!(body["type"], "https://jumun.dev/problems/unknown-field");
        assert_eq!(body["errors"][0]["field"], "stat");
    }

    #[tokio::test]
    async fn an_id_that_cannot_exist_is_a_404_that_names_it() {
        let (status, _, body) = send(get_at("/wishes/nonsense")).await;
        assert_eq!(status, 404);
        assert_eq!(body["errors"][0]["field"], "id");

        let (status, _, body) = send(get_at("/numbers/-4")).await;
        assert_eq!(status, 404);
        assert_eq!(body["errors"][0]["expected"], "a whole number, not negative");
        assert_eq!(send(get_at("/numbers/%ff")).await.0, 404);
    }

    #[tokio::test]
    async fn an_unknown_address_and_method_are_problems() {
        let (status, headers, _) = send(get_at("/nowhere")).await;
        assert_eq!(status, 404);
        assert_eq!(headers[CONTENT_TYPE], "application/problem+json");

        let (status, headers, _) = send(get_at("/wishes")).await;
        assert_eq!(status, 405);
        assert_eq!(headers[http::header::ALLOW], "POST");
        assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
    }
}
