//! The doors: what is documented is served, what is served is documented, and the page to try it
//! needs nothing from elsewhere.

use std::collections::BTreeSet;

use journeys::{Answer, House, Server};
use reqwest::{Client, Method};
use serde_json::Value;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

async fn document(house: &House) -> Value {
    house.get("/openapi.json").await.is(200).json()
}

/// A path as somebody would call it who has nothing yet.
fn called(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment {
        "{shop}" => "cafe",
        "{item}" => "1",
        "{role}" | "{source}" => "kitchen",
        "{position}" => "1",
        part if part.starts_with('{') => "01a1fcaa-d481-728a-a7f2-fa0d72f44867",
        part => part,
    });
    segments.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_documented_route_is_served_and_no_other_method_is() {
    let house = House::open(&["cafe"]).await;
    let document = document(&house).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 20, "{}", paths.len());
    let http = Client::builder().no_proxy().build().unwrap();
    for (path, operations) in paths {
        let documented: BTreeSet<&str> =
            METHODS.into_iter().filter(|method| operations.get(*method).is_some()).collect();
        for method in METHODS {
            let verb = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            // A stream answers its head and goes on; nothing else of it is wanted here.
            let response = http.request(verb, house.url(&called(path))).send().await.unwrap();
            let status = response.status().as_u16();
            if documented.contains(method) {
                assert!(status != 405 && status < 500, "{method} {path} answers {status}");
                let said = operations[method]["responses"].as_object().unwrap();
                assert!(
                    said.contains_key(&status.to_string()),
                    "{method} {path}: {status} is not documented"
                );
            } else {
                assert_eq!(status, 405, "{method} {path} is served and not documented");
            }
        }
    }
}

#[tokio::test]
async fn every_operation_says_what_it_is_and_what_may_go_wrong() {
    let house = House::open(&["cafe"]).await;
    let document = document(&house).await;
    let mut ids = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
            assert!(operation["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{method} {path}");
            assert!(operation["tags"][0].is_string(), "{method} {path}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                let is_problem = status.as_str() >= "400";
                let content = response["content"].as_object();
                let says_problem =
                    content.is_some_and(|content| content.contains_key("application/problem+json"));
                assert_eq!(is_problem, says_problem, "{method} {path} {status}");
            }
        }
    }
}

#[tokio::test]
async fn a_route_that_would_fit_in_but_is_not_documented_is_not_there() {
    let house = House::open(&["cafe"]).await;
    let paths = [
        "/v1",
        "/v1/orders",
        "/v1/shops/cafe/refunds",
        "/internal/bell",
        "/metrics",
        "/readyz",
        "/switches/payment",
    ];
    for path in paths {
        house.get(path).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn the_page_to_try_it_needs_nothing_from_elsewhere() {
    let house = House::open(&["cafe"]).await;
    let page = house.get("/docs").await.is(200);
    assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{page:?}");
    let mut wanted: Vec<String> = sources(&page.text());
    assert!(!wanted.is_empty());
    while let Some(source) = wanted.pop() {
        assert!(!source.contains("//"), "{source} is elsewhere");
        let asset = house.get(&format!("/docs/{}", source.trim_start_matches("./"))).await.is(200);
        assert!(!asset.bytes.is_empty(), "{source}");
    }
    let begins = house.get("/docs/swagger-initializer.js").await.is(200).text();
    assert!(begins.contains("/openapi.json"), "{begins}");
}

/// What a page loads: `src="..."` and `href="..."`.
fn sources(page: &str) -> Vec<String> {
    let after = |mark: &str| {
        page.split(mark)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    [after("src=\""), after("href=\"")].concat()
}

#[tokio::test]
async fn operators_see_health_and_metrics_at_a_door_of_their_own() {
    let house = House::open(&["cafe"]).await;
    let operators = house.operators();
    for path in ["/livez", "/readyz"] {
        let health = operators.get(path).await.is(200).json();
        assert_eq!(health["status"], "up");
        assert_eq!(health["roles"].as_object().map(serde_json::Map::len), Some(8));
    }
    let metrics = operators.get("/metrics").await.is(200);
    assert!(metrics.text().ends_with("# EOF\n"), "{}", metrics.text());
    let followed = "jumun_subscription_lag_events{role=\"ordering\",source=\"kitchen\"} 0";
    assert!(metrics.text().contains(followed), "{}", metrics.text());
    operators.get("/v1/shops").await.problem(404, "not-found");
    let parked = house.get("/v1/parked/kitchen").await.is(200);
    assert_eq!(parked.items().len(), 0);
}

#[tokio::test]
async fn beyond_loopback_nobody_is_served_before_it_is_said_who_may_call() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for flag in ["--listen", "--admin-listen"] {
        // The later of two equal flags would be an error of its own: another variable says it.
        let output = journeys::run(["serve", "--data", data.to_str().unwrap(), flag, "0.0.0.0:0"]);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("--identity open") && said.contains(flag), "{said}");
    }
    assert!(!data.exists(), "a refused start leaves nothing");
}

#[tokio::test]
async fn links_name_the_address_that_customers_see() {
    let house = House::open_with(&["cafe"], &["--public-url", "https://jumun.example/shops"]).await;
    let order = house.shop("cafe").customer("mina").asks_for(&journeys::Basket::of("1", 1)).await.is(201);
    let location = order.header("location").unwrap();
    assert!(location.starts_with("https://jumun.example/shops/v1/shops/cafe/orders/"), "{location}");
}

#[tokio::test]
async fn two_programs_with_folders_of_their_own_know_nothing_of_each_other() {
    let (one, other) = (House::open(&["cafe"]).await, House::open(&["kiosk"]).await);
    let shops = |answer: Answer| answer.items().iter().map(|shop| shop["key"].clone()).collect::<Vec<_>>();
    assert_eq!(shops(one.get("/v1/shops").await), ["cafe"]);
    assert_eq!(shops(other.get("/v1/shops").await), ["kiosk"]);
    let _servers: [&Server; 2] = [one.server(), other.server()];
}
