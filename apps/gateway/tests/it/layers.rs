use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use axum::routing::{get, post};
use edge::layers::{EdgeLayer, EdgeSettings};
use gateway::{Gateway, GatewaySettings, Origins, Timeouts};
use http::StatusCode;
use kernel::{ManualClock, Timestamp};
use serde_json::Value;
use tower::ServiceExt;

fn door(settings: &GatewaySettings) -> Router {
    let routes = Router::new()
        .route("/", get(async || "x".repeat(4_096)).post(async || "changed"))
        .route("/small", get(async || "small"))
        .route("/made", post(async || (StatusCode::CREATED, [("location", "/orders/7")])))
        .route("/stream", get(async || ([("content-type", "text/event-stream")], "y".repeat(4_096))));
    let gateway = Gateway::new(settings, Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000))));
    let routes = gateway.inside(routes).layer(EdgeLayer::new(&EdgeSettings::default()));
    Router::new().fallback_service(gateway.outside(routes))
}

fn two_at_once() -> GatewaySettings {
    GatewaySettings {
        requests_per_minute: NonZeroU32::new(60),
        requests_at_once: NonZeroU32::new(2),
        ..GatewaySettings::default()
    }
}

async fn asked(door: &Router, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::builder().method(method).uri(path).header("host", "localhost:8088");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 4_711))));
    door.clone().oneshot(request).await.unwrap()
}

async fn json(response: Response) -> Value {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn whoever_asks_too_often_gets_a_problem_that_says_when_to_come_back() {
    let door = door(&two_at_once());
    let first = asked(&door, "GET", "/small", &[]).await;
    assert_eq!(first.status(), 200);
    assert_eq!(header(&first, "ratelimit-limit"), Some("2"));
    assert_eq!(header(&first, "ratelimit-remaining"), Some("1"));
    asked(&door, "GET", "/small", &[]).await;

    let refused = asked(&door, "GET", "/small", &[]).await;

    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(&refused, "retry-after"), Some("1"));
    assert_eq!(header(&refused, "ratelimit-remaining"), Some("0"));
    assert!(header(&refused, "x-request-id").is_some());
    assert_eq!(json(refused).await["type"], "https://jumun.dev/problems/too-many-requests");
}

#[tokio::test]
async fn a_place_is_named_under_the_address_that_customers_see() {
    let public_url = Some("https://shop.example/jumun/".to_owned());
    let seen = door(&GatewaySettings { public_url, ..GatewaySettings::default() });
    let made = asked(&seen, "POST", "/made", &[]).await;
    assert_eq!(header(&made, "location"), Some("https://shop.example/jumun/orders/7"));
    let plain = asked(&door(&GatewaySettings::default()), "POST", "/made", &[]).await;
    assert_eq!(header(&plain, "location"), Some("/orders/7"));
}

#[tokio::test]
async fn nobody_is_limited_where_nothing_is_said() {
    let door = door(&GatewaySettings::default());
    for _ in 0..200 {
        let answer = asked(&door, "GET", "/small", &[]).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, "ratelimit-limit"), None);
    }
}

#[tokio::test]
async fn clients_behind_a_trusted_proxy_are_told_apart_and_cannot_forge_others() {
    let door = door(&GatewaySettings { trusted_proxies: 1, ..two_at_once() });
    for client in ["198.51.100.1", "198.51.100.2", "198.51.100.3"] {
        let answer = asked(&door, "GET", "/small", &[("x-forwarded-for", client)]).await;
        assert_eq!(answer.status(), 200);
    }
    asked(&door, "GET", "/small", &[("x-forwarded-for", "198.51.100.1")]).await;
    let forged = asked(&door, "GET", "/small", &[("x-forwarded-for", "10.9.9.9, 198.51.100.1")]).await;
    assert_eq!(forged.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_foreign_page_changes_nothing_and_an_allowed_one_does() {
    let origins = Origins::try_new(&["https://shop.example".to_owned()]).unwrap();
    let door = door(&GatewaySettings { origins, ..GatewaySettings::default() });

    let foreign = asked(&door, "POST", "/", &[("origin", "https://evil.example")]).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    assert_eq!(header(&foreign, "access-control-allow-origin"), None);
    assert_eq!(json(foreign).await["type"], "https://jumun.dev/problems/forbidden");

    let allowed = asked(&door, "POST", "/", &[("origin", "https://shop.example")]).await;
    assert_eq!(allowed.status(), 200);
    assert_eq!(header(&allowed, "access-control-allow-origin"), Some("https://shop.example"));
    assert_eq!(header(&allowed, "access-control-allow-credentials"), None);
}

#[tokio::test]
async fn a_browser_that_asks_beforehand_is_told_what_the_list_says() {
    let origins = Origins::try_new(&["https://shop.example".to_owned()]).unwrap();
    let door = door(&GatewaySettings { origins, ..GatewaySettings::default() });
    let wish = |origin| [("origin", origin), ("access-control-request-method", "POST")];

    let allowed = asked(&door, "OPTIONS", "/", &wish("https://shop.example")).await;
    assert_eq!(header(&allowed, "access-control-allow-origin"), Some("https://shop.example"));
    assert!(header(&allowed, "access-control-allow-headers").unwrap().contains("idempotency-key"));

    let foreign = asked(&door, "OPTIONS", "/", &wish("https://evil.example")).await;
    assert_eq!(header(&foreign, "access-control-allow-origin"), None);
}

#[tokio::test]
async fn what_may_be_done_somewhere_is_asked_of_the_route() {
    let door = door(&GatewaySettings::default());
    let answer = asked(&door, "OPTIONS", "/", &[("origin", "https://evil.example")]).await;
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "the route says so itself");
    assert_eq!(header(&answer, "allow"), Some("GET,HEAD,POST"));
}

#[tokio::test]
async fn large_answers_are_sent_smaller_and_streams_never() {
    let door = door(&GatewaySettings::default());
    let accept = [("accept-encoding", "gzip")];
    let encoding = async |path, headers: &[_]| {
        header(&asked(&door, "GET", path, headers).await, "content-encoding").map(str::to_owned)
    };
    assert_eq!(encoding("/", &accept).await.as_deref(), Some("gzip"));
    assert_eq!(encoding("/", &[]).await, None);
    assert_eq!(encoding("/small", &accept).await, None);
    assert_eq!(encoding("/stream", &accept).await, None);
}

/// Every route takes a while; what is posted is a task of its own, as orders are.
fn slow_door(timeouts: Timeouts, done: Arc<AtomicUsize>) -> Router {
    let slow = async || tokio::time::sleep(Duration::from_millis(50)).await;
    let placed = async move || {
        let work = tokio::spawn(async move {
            slow().await;
            done.fetch_add(1, Ordering::SeqCst);
        });
        work.await.unwrap();
    };
    let routes = Router::new().route("/", get(slow).put(slow)).route("/orders", post(placed));
    let timed = timeouts.rule(|request| request.uri().path() == "/orders");
    routes.layer(EdgeLayer::new(&EdgeSettings::default()).timed_by(timed))
}

#[tokio::test]
async fn every_kind_of_request_has_a_time_of_its_own() {
    let enough = Timeouts::default();
    let requests = [("GET", "/"), ("PUT", "/"), ("POST", "/orders")];
    let short = [
        Timeouts { reads_millis: 1, ..enough },
        Timeouts { commands_millis: 1, ..enough },
        Timeouts { orders_millis: 1, ..enough },
    ];
    for (bounded, timeouts) in short.into_iter().enumerate() {
        for (number, (method, path)) in requests.into_iter().enumerate() {
            let answer = asked(&slow_door(timeouts, Arc::default()), method, path, &[]).await;
            if number == bounded {
                assert_eq!(header(&answer, "retry-after"), Some("1"));
                let problem = json(answer).await;
                assert_eq!(problem["type"], "https://jumun.dev/problems/took-too-long");
                assert_eq!(problem["status"], 503);
            } else {
                assert_eq!(answer.status(), 200, "{method}");
            }
        }
    }
}

#[tokio::test]
async fn what_was_taken_on_goes_on_when_its_answer_is_given_up() {
    let done = Arc::new(AtomicUsize::new(0));
    let timeouts = Timeouts { orders_millis: 1, ..Timeouts::default() };
    let answer = asked(&slow_door(timeouts, done.clone()), "POST", "/orders", &[]).await;
    assert_eq!((answer.status().as_u16(), done.load(Ordering::SeqCst)), (503, 0));
    let all_done = async {
        while done.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all_done).await.unwrap();
}
