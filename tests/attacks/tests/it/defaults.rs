//! S31 and S32: what is open by default, and that the document names all of it.

use attacks::operations;
use journeys::{Answer, House, Operators};

/// What is the operators' and the neighbours' alone.
const INSIDE: [&str; 12] = [
    "/metrics",
    "/livez",
    "/readyz",
    "/switches/payment",
    "/internal/tracking/rebuild",
    "/internal/payment/ask",
    "/internal/bell",
    "/debug/pprof",
    "/admin",
    "/actuator/health",
    "/.env",
    "/.git/config",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_the_inside_is_on_the_public_listener() {
    let house = House::open(&["cafe"]).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in INSIDE {
        for method in ["GET", "POST", "PUT"] {
            let request = http.request(method.parse().unwrap(), house.url(path)).json(&serde_json::json!({}));
            let answer = Answer::to(request).await;
            assert_eq!(answer.status, 404, "{method} {path}: {answer:?}");
        }
    }
    let operators = Operators::at(&house.server().operators);
    let _there = operators.get("/metrics").await.is(200);
    let traced = Answer::to(http.request("TRACE".parse().unwrap(), house.url("/v1/shops"))).await;
    traced.problem(405, "method-not-allowed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_of_another_origin_is_allowed_by_default_and_every_answer_says_how_to_be_read() {
    let house = House::open(&["cafe"]).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.get(house.url("/v1/shops")).header("Origin", "https://anybody.example");
    let answer = Answer::to(request).await.is(200);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    assert_eq!(answer.header("server"), None);
    assert_eq!(answer.header("x-powered-by"), None);
}

#[test]
fn it_refuses_to_start_where_it_would_be_open_to_strangers_unasked() {
    let folder = tempfile::tempdir().unwrap();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let refused = journeys::run_in(folder.path(), ["serve", "--listen", address]);
        let log = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && log.contains("--identity"), "{address}: {log}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was made all the same");
    }
}

/// Every operation of the document is served: its method is taken, and the others are not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_document_says_is_served_and_nothing_else_is_at_its_paths() {
    let house = House::open(&["cafe"]).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let operations = operations(&house).await;
    let mut asked = 0;
    for operation in operations.iter().filter(|operation| !operation.path.ends_with("/stream")) {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let is_said =
                operations.iter().any(|other| other.path == operation.path && other.method == method);
            let request = http.request(method.parse().unwrap(), house.url(&operation.place("1")));
            let answer = Answer::to(request).await;
            assert_eq!(answer.status != 405, is_said, "{method} {}: {answer:?}", operation.path);
            asked += 1;
        }
    }
    println!("{} operations, {asked} methods asked", operations.len());
}

/// Routes are made beside their documentation, so that the document is the routes; the few that are made
/// without are the inside's.
#[test]
fn no_route_is_made_without_its_documentation_but_for_the_inside() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut bare = Vec::new();
    for folder in ["contexts", "apps"] {
        look(&root.join(folder), &mut |path, text| {
            // Sandboxes play the world outside, on listeners of their own.
            if path.components().any(|part| part.as_os_str().to_string_lossy().contains("sandbox")) {
                return;
            }
            let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
            let makes =
                shipped.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(".route("));
            if makes {
                bare.push(path.strip_prefix(&root).unwrap().display().to_string());
            }
        });
    }
    bare.sort();
    let inside = [
        // Addresses of the document that have nothing behind them where nobody signs in.
        "apps/issuer/src/rest/mod.rs",
        "apps/jumun/src/admin.rs",
        "apps/jumun/src/admin/health.rs",
        "apps/jumun/src/admin/payment_door.rs",
        // The ways to the roles of other processes, from the document itself.
        "apps/jumun/src/door.rs",
        "apps/jumun/src/neighbours.rs",
        // The document itself.
        "apps/jumun/src/openapi.rs",
        "contexts/payment/service/src/rest/mod.rs",
        "contexts/tracking/service/src/rest/rebuild.rs",
    ];
    assert_eq!(bare, inside);
}

fn look(folder: &std::path::Path, see: &mut dyn FnMut(&std::path::Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "tests" && name != "target") {
            look(&path, see);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            see(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}
