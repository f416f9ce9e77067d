//! Scenes of the layers around the routes.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use axum::Router;
use axum::routing::{get, post};
use http::header::{ALLOW, RETRY_AFTER};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;

async fn planted_panic() -> &'static str {
    panic!("the secret of the panic")
}

fn router(settings: &EdgeSettings) -> Router {
    Router::new()
        .route("/fine", get(async || "fine"))
        .route("/panics", get(planted_panic))
        .route("/hangs", get(std::future::pending::<&'static str>))
        .route("/brief", get(std::future::pending::<&'static str>).layer(RouteTimeout::millis(1)))
        .route("/json", post(async |_: axum::Json<u8>| "read"))
        .route("/fails", get(async || (http::StatusCode::INTERNAL_SERVER_ERROR, "at /src/x.rs")))
        .route("/own", get(async || (http::StatusCode::CONFLICT, axum::Json("own form"))))
        .route("/sold-out", get(async || Problem::of(ProblemKind::SoldOut)))
        .layer(EdgeLayer::new(settings))
}

fn at(path: &str) -> Request {
    Request::get(path).body(Body::empty()).unwrap()
}

async fn read(response: Response) -> (u16, HeaderMap, serde_json::Value) {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let json = serde_json::from_slice(&bytes).unwrap_or_default();
    (parts.status.as_u16(), parts.headers, json)
}

async fn send(request: Request) -> (u16, HeaderMap, serde_json::Value) {
    read(router(&EdgeSettings::default()).oneshot(request).await.unwrap()).await
}

#[tokio::test]
async fn a_good_answer_gets_its_id_and_headers() {
    let (status, headers, _) = send(at("/fine")).await;

    assert_eq!(status, 200);
    assert!(!headers["x-request-id"].is_empty());
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["x-frame-options"], "DENY");
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let (status, _, body) = send(at("/panics")).await;

    assert_eq!((status, &body["type"]), (500, &"https://jumun.dev/problems/internal".into()));
    assert!(!body.to_string().contains("secret"));
}

#[tokio::test]
async fn a_route_that_hangs_is_a_503_with_retry_after() {
    let settings = EdgeSettings { timeout_millis: 1, ..EdgeSettings::default() };
    for (router, path) in [(router(&settings), "/hangs"), (router(&EdgeSettings::default()), "/brief")] {
        let (status, headers, body) = read(router.oneshot(at(path)).await.unwrap()).await;

        assert_eq!(status, 503);
        assert_eq!(body["type"], "https://jumun.dev/problems/took-too-long");
        assert!(headers.contains_key(RETRY_AFTER));
    }
}

#[tokio::test]
async fn one_request_too_many_is_shed_and_its_place_is_free_again_afterwards() {
    let settings = EdgeSettings { in_flight_max: 1, timeout_millis: 0 };
    let router = router(&settings);
    let mut first = Box::pin(router.clone().oneshot(at("/hangs")));
    assert!(futures::poll!(first.as_mut()).is_pending());

    let (status, headers, body) = read(router.clone().oneshot(at("/fine")).await.unwrap()).await;
    assert_eq!((status, &body["type"]), (503, &"https://jumun.dev/problems/overloaded".into()));
    assert!(headers.contains_key(RETRY_AFTER));

    drop(first);
    for _ in 0..2 {
        let answer = router.clone().oneshot(at("/fine")).await.unwrap();
        assert_eq!(read(answer).await.0, 200);
    }
}

#[tokio::test]
async fn every_bare_refusal_of_a_library_becomes_a_problem() {
    let unread =
        Request::post("/json").header(CONTENT_TYPE, "application/json").body(Body::from("{")).unwrap();
    let untyped = Request::post("/json").body(Body::empty()).unwrap();
    for (request, expected) in [(unread, 400), (untyped, 415), (at("/nowhere"), 404), (at("/json"), 405)] {
        let (status, headers, body) = send(request).await;

        assert_eq!(status, expected);
        assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
        assert_eq!(body["status"], expected);
        if expected == 405 {
            assert_eq!(headers[ALLOW], "POST");
        }
    }
}

#[tokio::test]
async fn a_bare_500_loses_its_text() {
    let (status, _, body) = send(at("/fails")).await;

    assert_eq!((status, &body["title"]), (500, &"Something failed on our side".into()));
    assert!(!body.to_string().contains("src"));
}

#[tokio::test]
async fn a_refusal_in_a_form_of_its_own_is_left_alone() {
    let (status, _, body) = send(at("/own")).await;

    assert_eq!((status, body), (409, "own form".into()));
}

#[tokio::test]
async fn a_korean_client_reads_a_korean_title() {
    for (language, korean) in [
        ("ko", true),
        ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", true),
        ("en-US,en;q=0.9,ko;q=0.8", false),
        ("en, ko", false),
        ("ko;q=nonsense", false),
        ("fr", false),
    ] {
        let mut request = at("/sold-out");
        let value = HeaderValue::from_static(language);
        request.headers_mut().insert(ACCEPT_LANGUAGE, value);

        let (_, _, body) = send(request).await;

        assert_eq!(body["title"] == "품절된 상품입니다", korean, "{language}");
        assert_eq!(body["type"], "https://jumun.dev/problems/sold-out");
    }
}
