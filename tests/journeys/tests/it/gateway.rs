//! The gateway: how often somebody may ask, from which pages, and what is noted of it.

use std::net::IpAddr;

use journeys::{Answer, House};
use reqwest::{Client, Method};
use serde_json::Value;

async fn asked(house: &House, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
    let http = Client::builder().no_proxy().build().unwrap();
    let mut request = http.request(method, house.url(path)).json(&body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::to(request).await
}

#[tokio::test]
async fn who_asks_too_often_waits_and_nothing_of_it_is_kept() {
    let limits = ["--requests-per-minute", "1", "--requests-at-once", "3"];
    let house = House::open_with(&["kiosk"], &limits).await;
    for left in ["2", "1", "0"] {
        assert_eq!(house.get("/v1/shops").await.is(200).header("ratelimit-remaining"), Some(left));
    }

    let path = "/v1/shops/kiosk/orders";
    let order = serde_json::json!({ "lines": [{ "item": "americano", "quantity": 1 }] });
    let refused = asked(&house, Method::POST, path, &[("idempotency-key", "one-too-many")], order).await;

    assert!(refused.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().unwrap() > 30));
    refused.problem(429, "too-many-requests");
    // Somebody at another address is not held up, and finds nothing of it.
    let elsewhere = Client::builder().no_proxy().local_address(IpAddr::from([127, 0, 0, 2])).build().unwrap();
    let orders = Answer::to(elsewhere.get(house.url(path))).await.is(200);
    assert!(orders.items().is_empty(), "{orders:?}");
    let metrics = house.operators().get("/metrics").await.text();
    assert!(metrics.contains("jumun_http_requests_limited_total 1"), "{metrics}");
}

#[tokio::test]
async fn a_foreign_page_orders_nothing() {
    let house = House::open_with(&["kiosk"], &["--allowed-origins", "https://shop.example"]).await;
    let path = "/v1/shops/kiosk/orders";
    let body = || serde_json::json!({ "lines": [{ "item": "americano", "quantity": 1 }] });
    let wish = |origin| [("origin", origin), ("idempotency-key", "a-page")];

    let foreign = asked(&house, Method::POST, path, &wish("https://evil.example"), body()).await;
    foreign.problem(403, "forbidden");
    assert!(house.get(path).await.is(200).items().is_empty());

    // The key was not used up, and a page of the list is heard and may read the answer.
    let allowed = asked(&house, Method::POST, path, &wish("https://shop.example"), body()).await.is(201);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://shop.example"));
}

#[tokio::test]
async fn the_access_log_has_a_line_per_request_and_no_word_of_what_was_in_it() {
    let arguments = ["--access-log", "all", "--log-form", "json"];
    let mut house = House::open_with(&["kiosk"], &arguments).await;
    let headers = [("idempotency-key", "canary-key"), ("jumun-actor", "customer:canary-name")];
    let body = serde_json::json!({ "lines": [{ "item": "canary-item", "quantity": 1 }] });
    asked(&house, Method::POST, "/v1/shops/kiosk/orders?canary=query", &headers, body).await;
    let forged = asked(&house, Method::GET, "/canary/address%0d%0aforged", &[], Value::Null).await;
    assert_eq!(forged.status, 404);
    let server = house.take_server();
    let log = server.log();
    assert!(server.stop().await.success());

    let lines: Vec<Value> = log
        .lines()
        .filter(|line| line.contains("\"access\""))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(log.contains("/v1/shops/{shop}/orders") && !log.contains("canary"), "{log}");
    assert!(lines.iter().all(|line| line.to_string().contains("\"127.0.0.1\"")), "{lines:?}");
}

#[tokio::test]
async fn what_is_no_origin_is_refused_before_anything_opens() {
    let folder = tempfile::tempdir().unwrap();
    let started = journeys::Server::try_start(&folder.path().join("data"), &["--allowed-origins", "*"]).await;
    let (status, log) = started.unwrap_err();
    assert!(status.is_some_and(|status| !status.success()));
    assert!(log.contains("--allowed-origins") && log.contains("no origin"), "{log}");
}
