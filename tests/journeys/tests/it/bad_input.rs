//! Bad input: always a 4xx problem that names the field, nothing of it kept, never a 5xx.

use journeys::{Answer, Basket, House, Shop, eventually, raw, raw_request};
use reqwest::Method;
use serde_json::{Value, json};

/// Sends a body as it is.
async fn posts(shop: &Shop, body: impl Into<Vec<u8>>) -> Answer {
    let request = shop.somebody().request(Method::POST, "/orders").header("Idempotency-Key", "k");
    Answer::to(request.header("Content-Type", "application/json").body(body.into())).await
}

/// Nothing was kept: no order, no payment, and the key is free for one that is right.
async fn keeps_nothing(shop: &Shop) {
    for list in ["/orders", "/payments", "/tickets", "/stories"] {
        assert_eq!(shop.get(list).await.is(200).items().len(), 0, "{list}");
    }
    let _right = shop.somebody().asks_with_key("k", &Basket::of("1", 1)).await.is(201);
}

#[tokio::test]
async fn what_is_not_json_is_refused_and_says_where_reading_stopped() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("cut off", br#"{"lines":[{"item":"1","quantity":2"#.to_vec()),
        ("not json", b"lines=1".to_vec()),
        ("two values", br#"{"lines":[{"item":"1","quantity":2}]} {}"#.to_vec()),
        ("trailing comma", br#"{"lines":[{"item":"1","quantity":2},]}"#.to_vec()),
        ("broken utf-8", b"{\"note\":\"\xff\xfe\",\"lines\":[{\"item\":\"1\",\"quantity\":2}]}".to_vec()),
        ("half a surrogate", br#"{"note":"\ud800","lines":[{"item":"1","quantity":2}]}"#.to_vec()),
        ("deep", deep.into_bytes()),
        ("deep in a field", format!("{{\"lines\":{}{}}}", "[".repeat(500), "]".repeat(500)).into_bytes()),
    ];
    for (what, body) in bodies {
        let problem = posts(&cafe, body).await.is(400).any_problem();
        let says_where = problem["detail"].is_string() || problem["errors"][0]["field"].is_string();
        assert!(says_where, "{what}: {problem}");
    }
    keeps_nothing(&cafe).await;
}

#[tokio::test]
async fn a_field_that_is_wrong_is_named_with_what_was_expected() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let line = |quantity: Value| json!({ "lines": [{ "item": "1", "quantity": quantity }] });
    let with = |field: &str, value: Value| {
        let mut body = line(json!(1));
        body[field] = value;
        body
    };
    let wrong = [
        (json!([]), ""),
        (json!("order"), ""),
        (json!({}), "lines"),
        (json!({ "lines": null }), "lines"),
        (json!({ "lines": [] }), "lines"),
        (json!({ "lines": {} }), "lines"),
        (json!({ "lines": [7] }), "lines[0]"),
        (json!({ "lines": [{ "quantity": 1 }] }), "lines[0].item"),
        (json!({ "lines": [{ "item": "1" }] }), "lines[0].quantity"),
        (json!({ "lines": [{ "item": 1, "quantity": 1 }] }), "lines[0].item"),
        (json!({ "lines": [{ "item": "1", "quantity": 1, "colour": "red" }] }), "lines[0].colour"),
        (json!({ "lines": vec![json!({ "item": "1", "quantity": 1 }); 101] }), "lines"),
        (line(json!(0)), "lines[0].quantity"),
        (line(json!(-1)), "lines[0].quantity"),
        (line(json!(10_000)), "lines[0].quantity"),
        (line(json!(4_294_967_296_i64)), "lines[0].quantity"),
        (line(json!(u64::MAX)), "lines[0].quantity"),
        (line(json!(1.5)), "lines[0].quantity"),
        (line(json!(1e300)), "lines[0].quantity"),
        (line(json!("2")), "lines[0].quantity"),
        (line(json!(null)), "lines[0].quantity"),
        (line(json!([1])), "lines[0].quantity"),
        (with("tip", json!(5)), "tip"),
        (with("note", json!(["quick"])), "note"),
        (with("note", json!("x".repeat(501))), "note"),
        (with("note", json!("bell \u{7}")), "note"),
        (with("name", json!("x".repeat(101))), "name"),
        (with("phone", json!("1".repeat(33))), "phone"),
        (with("customer", json!("")), "customer"),
        (with("customer", json!("x".repeat(1_000))), "customer"),
        (with("payment_method", json!(7)), "payment_method"),
        (with("total", json!(4_500)), "total"),
        (with("total", json!({ "amount": "4500", "currency": "KRW" })), "total.amount"),
        (with("total", json!({ "amount": 4_500, "currency": "won" })), "total.currency"),
        (with("total", json!({ "amount": 4_500 })), "total.currency"),
    ];
    for (body, field) in wrong {
        let problem = posts(&cafe, body.to_string()).await.is(400).any_problem();
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let named: Vec<_> = errors.iter().filter_map(|error| error["field"].as_str()).collect();
        assert!(field.is_empty() || named.contains(&field), "{field} is not named for {body}: {problem:#}");
        let is_said = |error: &Value| error["expected"].as_str().is_some_and(|expected| !expected.is_empty());
        assert!(errors.iter().all(is_said), "{body}: {problem:#}");
    }
    keeps_nothing(&cafe).await;
}

#[tokio::test]
async fn several_wrong_fields_are_all_named_at_once() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let body = json!({ "lines": [{ "item": "1", "quantity": 0 }], "note": "x".repeat(501), "phone": "1".repeat(40) });
    let problem = posts(&cafe, body.to_string()).await.problem(400, "invalid-field");
    insta::assert_json_snapshot!("several_wrong_fields", problem);
}

#[tokio::test]
async fn an_order_beyond_counting_is_refused() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let lines = vec![json!({ "item": "8", "quantity": 9_999 }); 100];
    let order = posts(&cafe, json!({ "lines": lines }).to_string()).await;
    assert!(order.status == 201 || order.status == 400, "{order:?}");
    let total = json!({ "amount": i64::MAX, "currency": "KRW" });
    let body = json!({ "lines": [{ "item": "1", "quantity": 1 }], "total": total });
    cafe.somebody()
        .asks_for(&Basket::of("1", 1).saying("total", body["total"].clone()))
        .await
        .problem(409, "price-differs");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_one_at_the_limit_is_read() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let order = r#"{"lines":[{"item":"1","quantity":1}]}"#;
    let over = format!("{order}{}", " ".repeat(64 * 1024 + 1 - order.len()));
    posts(&cafe, over).await.problem(413, "body-too-large");
    // Announced or not: a body in chunks is counted as it comes.
    let mut chunked = b"POST /v1/shops/cafe/orders HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\n\
        Content-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        .to_vec();
    for _ in 0..70 {
        chunked.extend_from_slice(b"400\r\n");
        chunked.extend_from_slice(&[b' '; 0x400]);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let answer = raw(&house.server().public, &chunked);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(cafe.get("/orders").await.items().len(), 0);
    let at_the_limit = format!("{order}{}", " ".repeat(64 * 1024 - order.len()));
    let _read = posts(&cafe, at_the_limit).await.is(201);
}

#[tokio::test]
async fn what_is_not_said_to_be_json_is_not_read() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let body = r#"{"lines":[{"item":"1","quantity":1}]}"#;
    let send = |headers: Vec<(&'static str, &'static str)>| {
        let request =
            cafe.somebody().request(Method::POST, "/orders").header("Idempotency-Key", "k").body(body);
        let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        async move { Answer::to(request).await }
    };
    send(vec![]).await.problem(415, "unsupported-media-type");
    send(vec![("Content-Type", "text/plain")]).await.problem(415, "unsupported-media-type");
    let packed = vec![("Content-Type", "application/json"), ("Content-Encoding", "gzip")];
    send(packed).await.problem(415, "unsupported-media-type");
    assert_eq!(cafe.get("/orders").await.items().len(), 0);
    let _read = send(vec![("Content-Type", "application/json; charset=utf-8")]).await.is(201);
}

#[tokio::test]
async fn headers_that_cannot_be_are_refused_by_name() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let body = r#"{"lines":[{"item":"1","quantity":1}]}"#;
    let long_key = "k".repeat(256);
    let long_actor = format!("customer:{}", "x".repeat(65));
    type Headers<'a> = Vec<(&'a str, &'a [u8])>;
    let cases: Vec<(Headers<'_>, &str, &str)> = vec![
        (vec![], "missing-idempotency-key", ""),
        (vec![("Idempotency-Key", b"")], "invalid-idempotency-key", "Idempotency-Key"),
        (vec![("Idempotency-Key", long_key.as_bytes())], "invalid-idempotency-key", "Idempotency-Key"),
        (vec![("Idempotency-Key", b"two words")], "invalid-idempotency-key", "Idempotency-Key"),
        (vec![("Idempotency-Key", "열쇠".as_bytes())], "invalid-idempotency-key", "Idempotency-Key"),
        (
            vec![("Idempotency-Key", b"a"), ("Idempotency-Key", b"b")],
            "invalid-idempotency-key",
            "Idempotency-Key",
        ),
        (vec![("Idempotency-Key", b"k"), ("Jumun-Actor", b"king:sejong")], "malformed-header", "Jumun-Actor"),
        (vec![("Idempotency-Key", b"k"), ("Jumun-Actor", b"customer:")], "malformed-header", "Jumun-Actor"),
        (vec![("Idempotency-Key", b"k"), ("Jumun-Actor", b"\xff")], "malformed-header", "Jumun-Actor"),
        (
            vec![("Idempotency-Key", b"k"), ("Jumun-Actor", long_actor.as_bytes())],
            "malformed-header",
            "Jumun-Actor",
        ),
        (
            vec![("Idempotency-Key", b"k"), ("Jumun-Actor", b"customer:1"), ("Jumun-Actor", b"customer:2")],
            "malformed-header",
            "Jumun-Actor",
        ),
    ];
    for (headers, slug, field) in cases {
        let request =
            cafe.somebody().request(Method::POST, "/orders").header("Content-Type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let problem = Answer::to(request.body(body)).await.problem(400, slug);
        assert!(field.is_empty() || problem["errors"][0]["field"] == field, "{problem:#}");
    }
    keeps_nothing(&cafe).await;
}

#[tokio::test]
async fn what_breaks_the_rules_of_http_is_refused_and_the_next_client_is_served() {
    let house = House::open(&["cafe"]).await;
    let path = "/v1/shops/cafe/orders";
    let body = br#"{"lines":[{"item":"1","quantity":1}]}"#;
    let huge = format!("X-Huge: {}", "x".repeat(40_000));
    let many: Vec<String> = (0..500).map(|number| format!("X-{number}: y")).collect();
    let many: Vec<&[u8]> = many.iter().map(String::as_bytes).collect();
    let requests = [
        b"\x00\x01\x02\x03\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"GET /v1/shops HTTP/1.1\r\nHost x\r\nConnection: close\r\n\r\n".to_vec(),
        raw_request(path, &[b"Bad Name: x"], body),
        raw_request(path, &[b"X: a\x00b"], body),
        raw_request(path, &[b"Content-Length: 5"], body),
        raw_request(path, &[huge.as_bytes()], body),
        raw_request(path, &many, body),
        format!("GET /{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "a".repeat(20_000)).into_bytes(),
    ];
    for request in requests {
        let answer = raw(&house.server().public, &request);
        let shown = String::from_utf8_lossy(&request[..request.len().min(80)]).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{shown:?}: {answer}");
    }
    let cafe = house.shop("cafe");
    keeps_nothing(&cafe).await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let house = House::open(&["cafe", "kiosk"]).await;
    let cafe = house.shop("cafe");
    let nobody = "01a1fcaa-d481-728a-a7f2-fa0d72f44867";
    for id in [nobody, "999", "0", "-1", "abc", "18446744073709551616", "%00", "%ff", "..%2f", "1%20or%201=1"]
    {
        for rest in ["", "/story", "/payment"] {
            let path = format!("/orders/{id}{rest}");
            let answer = cafe.get(&path).await;
            assert_eq!(answer.status, 404, "{path}: {answer:?}");
            answer.any_problem();
        }
        cafe.get(&format!("/orders/{id}/stream")).await.is(404).any_problem();
        cafe.get(&format!("/tickets/{id}")).await.is(404).any_problem();
        let staff = cafe.staff("kim");
        for step in ["accept", "start", "complete", "hand-over"] {
            staff.posts(&format!("/tickets/{id}/{step}"), json!({})).await.is(404).any_problem();
        }
        staff.posts(&format!("/orders/{id}/cancel"), json!({})).await.is(404).any_problem();
        cafe.get(&format!("/menu/{id}x")).await.is(404).any_problem();
        cafe.get(&format!("/stock/{id}")).await.is(404).any_problem();
    }
    let nowhere = house.shop("nowhere");
    for path in
        ["", "/menu", "/orders", "/payments", "/stock", "/tickets", "/orders/1", "/stream", "/stories"]
    {
        nowhere.get(path).await.is(404).any_problem();
    }
    nowhere.somebody().asks_for(&Basket::of("1", 1)).await.problem(404, "shop-unknown");
    // An order of one shop is not in another.
    let order = cafe.somebody().orders(Basket::of("1", 1)).await;
    house.shop("kiosk").get(&format!("/orders/{}", order.id)).await.problem(404, "not-found");
    house.get("/v2/shops").await.problem(404, "not-found");
    let deleted = Answer::to(cafe.somebody().request(Method::DELETE, "/orders/1")).await;
    assert!(deleted.header("allow").is_some_and(|allow| allow.contains("GET")), "{deleted:?}");
    deleted.problem(405, "method-not-allowed");
}

#[tokio::test]
async fn bad_bodies_of_every_other_command_are_refused_too() {
    let house = House::open(&["cafe", "kiosk"]).await;
    let (cafe, kiosk) = (house.shop("cafe"), house.shop("kiosk"));
    let order = cafe.somebody().orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;
    let id = &order.id;
    let (kim, lee) = (cafe.staff("kim"), kiosk.staff("lee"));
    let cases = [
        (&kim, Method::POST, format!("/orders/{id}/cancel"), json!({ "why": "x" }), "why"),
        (&kim, Method::POST, format!("/orders/{id}/cancel"), json!({ "reason": "x".repeat(501) }), "reason"),
        (&kim, Method::POST, format!("/tickets/{id}/reject"), json!({}), "reason"),
        (&kim, Method::POST, format!("/tickets/{id}/reject"), json!({ "reason": "" }), "reason"),
        (&kim, Method::POST, format!("/orders/{id}/payment/refunds"), json!({}), "reason"),
        (
            &kim,
            Method::POST,
            format!("/orders/{id}/payment/refunds"),
            json!({ "reason": "x", "amount": { "amount": 0, "currency": "KRW" } }),
            "amount.amount",
        ),
        (&kim, Method::PUT, "/menu/1/sold-out".into(), json!({ "sold_out": "yes" }), "sold_out"),
        (&kim, Method::PUT, "/menu/1/sold-out".into(), json!({}), "sold_out"),
        (&kim, Method::POST, "/menu-imports".into(), json!({ "text": 7, "apply": false }), "text"),
        (&lee, Method::POST, "/stock/cup/receipts".into(), json!({ "quantity": 0 }), "quantity"),
        (&lee, Method::POST, "/stock/cup/receipts".into(), json!({ "quantity": -5 }), "quantity"),
        (&lee, Method::POST, "/stock/cup/receipts".into(), json!({ "quantity": u64::MAX }), "quantity"),
        (&lee, Method::POST, "/stock/cup/receipts".into(), json!({ "quantity": "10" }), "quantity"),
        (
            &lee,
            Method::POST,
            "/stock/cup/adjustments".into(),
            json!({ "difference": 0, "reason": "x" }),
            "difference",
        ),
        (
            &lee,
            Method::POST,
            "/stock/cup/adjustments".into(),
            json!({ "difference": 1, "reason": " " }),
            "reason",
        ),
    ];
    for (who, method, path, body, field) in cases {
        let problem = Answer::to(who.request(method, &path).json(&body)).await.is(400).any_problem();
        assert_eq!(problem["errors"][0]["field"], field, "{path} {body}: {problem:#}");
    }
    cafe.ticket_is(&order, "open").await;
    kiosk.get("/stock/cup").await.problem(404, "not-found");
}

#[tokio::test]
async fn a_thousand_random_bodies_are_refused_and_nobody_falls() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let seed = br#"{"lines":[{"item":"1","quantity":2,"options":[{"option":"size","choice":"large"}]}],"note":"hi"}"#;
    // A fixed sequence of small damages; the same in every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % 1_000_003).unwrap()
    };
    for number in 0..1_000 {
        let mut body = seed.to_vec();
        for _ in 0..=next() % 4 {
            let at = next() % body.len();
            match next() % 3 {
                0 => body[at] = u8::try_from(next() % 256).unwrap(),
                1 => drop(body.drain(at..(at + 1 + next() % 5).min(body.len()))),
                _ => body.insert(at, b"{}[]\",:0e-\\"[next() % 11]),
            }
        }
        let request =
            cafe.somebody().request(Method::POST, "/orders").header("Idempotency-Key", format!("r{number}"));
        let answer = Answer::to(request.header("Content-Type", "application/json").body(body)).await;
        assert!(answer.status == 201 || (400..500).contains(&answer.status), "{answer:?}");
        if answer.status != 201 {
            answer.any_problem();
        }
    }
    let order = cafe.somebody().orders(Basket::of("1", 1)).await;
    eventually(
        "served",
        async || cafe.get(&format!("/orders/{}", order.id)).await,
        |answer| answer.status == 200,
    )
    .await;
}
