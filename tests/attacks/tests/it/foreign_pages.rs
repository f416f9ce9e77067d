//! S16: pages of other origins change nothing, however their requests are made, and no answer is opened to
//! everybody.

use attacks::operations;
use journeys::{Answer, Basket, House};
use reqwest::Method;

const EVIL: &str = "https://evil.example";

/// How a page of another origin makes a request without being asked beforehand, and with.
const WAYS: [&[(&str, &str)]; 7] = [
    &[("Origin", EVIL), ("Content-Type", "application/json")],
    &[("Origin", EVIL), ("Content-Type", "text/plain")],
    &[("Origin", EVIL), ("Content-Type", "application/x-www-form-urlencoded")],
    &[("Origin", "null"), ("Content-Type", "application/json")],
    &[("Origin", "http://127.0.0.1.evil.example"), ("Content-Type", "application/json")],
    &[("Origin", "http://localhost"), ("Content-Type", "application/json")],
    &[("Sec-Fetch-Site", "cross-site"), ("Content-Type", "application/json")],
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_is_taken_from_a_page_of_another_origin() {
    let house = House::open_with(&["cafe"], &["--allowed-origins", "https://shop.example"]).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let order = house.shop("cafe").somebody().orders(Basket::of("1", 1)).await;
    let before = house.shop("cafe").get(&format!("/orders/{}", order.id)).await.is(200).bytes;
    let mut tried = 0;
    for operation in operations(&house).await.into_iter().filter(attacks::Operation::changes) {
        let method: Method = operation.method.parse().unwrap();
        for way in WAYS {
            let request = http.request(method.clone(), house.url(&operation.place(&order.id)));
            let request = request.header("Jumun-Actor", "manager:lee").header("Idempotency-Key", "foreign");
            let request = way.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let answer = Answer::to(request.body("{}")).await;
            assert_eq!(answer.status, 403, "{} {}: {way:?}: {answer:?}", operation.method, operation.path);
            assert_eq!(answer.header("access-control-allow-origin"), None, "{answer:?}");
            tried += 1;
        }
    }
    println!("{tried} requests of foreign pages refused");
    assert!(tried >= 200, "{tried}");
    let after = house.shop("cafe").get(&format!("/orders/{}", order.id)).await.is(200).bytes;
    assert_eq!(after, before, "something was changed");
    assert_eq!(house.shop("cafe").get("/orders").await.items().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_is_open_to_every_page_and_none_sets_a_cookie() {
    let house = House::open_with(&["cafe"], &["--allowed-origins", "https://shop.example"]).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for operation in operations(&house).await.iter().filter(|operation| !operation.path.ends_with("/stream"))
    {
        for (origin, allowed) in
            [(EVIL, None), ("null", None), ("https://shop.example", Some("https://shop.example"))]
        {
            for method in ["OPTIONS", "GET"] {
                let request = http.request(method.parse().unwrap(), house.url(&operation.place("1")));
                let request = request.header("Origin", origin).header("Cookie", "session=1");
                let request = match method {
                    "OPTIONS" => request.header("Access-Control-Request-Method", &operation.method),
                    _ => request,
                };
                let answer = Answer::to(request).await;
                let said = answer.header("access-control-allow-origin");
                assert_eq!(said, allowed, "{method} {} from {origin}: {answer:?}", operation.path);
                assert_eq!(answer.header("access-control-allow-credentials"), None, "{answer:?}");
                assert_eq!(answer.header("set-cookie"), None, "{answer:?}");
            }
        }
    }
}
