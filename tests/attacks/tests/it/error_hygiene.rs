//! S26: whatever is wrong, the answer is a problem of a kind that `docs/errors.md` explains, and says
//! nothing of how the program is made.

use std::collections::BTreeMap;

use attacks::operations;
use futures::{StreamExt, stream};
use journeys::{Answer, Basket, House};
use reqwest::{Method, RequestBuilder};

const METHODS: [&str; 9] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "BREW"];

/// Words of the inside. Lower case.
const INSIDE: [&str; 14] = [
    "select ",
    "insert into",
    "sqlite",
    "rusqlite",
    ".rs:",
    "panicked",
    "backtrace",
    "stack",
    "unwrap",
    "/tmp/",
    "/usr/",
    "journal.db",
    "thread '",
    "serde",
];

fn wrongs(request: &RequestBuilder, number: usize) -> Vec<RequestBuilder> {
    let with = |headers: &[(&str, &str)], body: &str| {
        let request = request.try_clone().unwrap().header("Idempotency-Key", format!("wrong-{number}"));
        headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value))
            .body(body.to_owned())
    };
    let json = ("Content-Type", "application/json");
    vec![
        with(&[], ""),
        with(&[json], "{"),
        with(&[json], "{\"nobody_knows_this\":1}"),
        with(&[json, ("Jumun-Actor", "root")], "{}"),
        with(
            &[json, ("Jumun-Actor", "staff:kim"), ("If-Match", "nonsense"), ("If-None-Match", "W/\"")],
            "{}",
        ),
        with(&[("Content-Type", "text/xml")], "<a/>"),
        with(&[json, ("Last-Event-ID", "a-b"), ("Accept-Language", "ko")], "[[[["),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_is_a_problem_that_is_explained_and_says_nothing_of_the_inside() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    let page = std::fs::read_to_string(page).unwrap();
    let house = House::open(&["cafe"]).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let order = house.shop("cafe").somebody().orders(Basket::of("1", 1)).await;
    let mut places: Vec<String> =
        operations(&house).await.iter().map(|asked| asked.place(&order.id)).collect();
    places.extend(
        [
            "/",
            "/v1",
            "/v1/",
            "//v1/shops",
            "/v1/shops/cafe/",
            "/v1/shops/%ff/menu",
            "/v1/shops/cafe/orders/%00",
        ]
        .map(ToOwned::to_owned),
    );
    places.extend(
        ["/v1/shops/cafe/orders?limit=x", "/v1/shops/cafe/stories?cursor=x", "/cafe/orders/x?y=%"]
            .map(ToOwned::to_owned),
    );
    places.extend(
        ["/cafe/orders", "/cafe/orders/1", "/cafe/nothing", "/cafe/orders/search/x", "/../etc/passwd"]
            .map(ToOwned::to_owned),
    );
    places.sort();
    places.dedup();
    let mut requests = Vec::new();
    for place in places.iter().filter(|place| !place.ends_with("/stream")) {
        for method in METHODS {
            let request = http.request(Method::from_bytes(method.as_bytes()).unwrap(), house.url(place));
            let number = requests.len();
            requests.extend(
                wrongs(&request, number).into_iter().map(|request| (format!("{method} {place}"), request)),
            );
        }
    }
    let built_at = env!("CARGO_MANIFEST_DIR").trim_end_matches("tests/attacks").to_lowercase();
    let data = house.data().display().to_string().to_lowercase();
    let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
    let mut refused = 0;
    let answers =
        requests.into_iter().map(|(asked, request)| async move { (asked, Answer::to(request).await) });
    let mut answers = stream::iter(answers).buffer_unordered(16);
    while let Some((asked, answer)) = answers.next().await {
        assert!(answer.status < 500, "{asked}: {answer:?}");
        if answer.status < 400 {
            continue;
        }
        let text = answer.text().to_lowercase();
        // Wherever this was built and runs.
        assert!(!text.contains(&built_at) && !text.contains(&data), "{asked} tells of a place: {text}");
        for word in INSIDE {
            assert!(!text.contains(word), "{asked} tells of {word:?}: {text}");
        }
        refused += 1;
        // A head has no body.
        let problem = answer.any_problem();
        let kind = problem["type"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        *kinds.entry(kind).or_default() += 1;
    }
    println!("{refused} refusals of {} kinds: {kinds:?}", kinds.len());
    for kind in kinds.keys() {
        assert!(page.contains(kind), "docs/errors.md does not explain {kind}");
    }
    assert!(refused >= 3_000 && kinds.len() >= 8, "{refused} {kinds:?}");
}
