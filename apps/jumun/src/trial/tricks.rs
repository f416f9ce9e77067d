//! S3: routes that are not for somebody, asked for by every way round that servers have fallen for.

use axum::http::Method;

use super::matrix::{Expected, Route, Things, Whose, leaked, routes};
use super::people::{COURIER, HERE, NOBODY, ONE, Person, STAFF, STAFF_THERE};
use super::world::{Ask, World};

/// Variants at least.
const VARIANTS_MIN: usize = 1_000;

/// Headers that say that another method, address or person is meant.
const HEADERS: [(&str, &str); 12] = [
    ("x-http-method-override", "POST"),
    ("x-http-method", "POST"),
    ("x-method-override", "DELETE"),
    ("x-original-url", "/v1/shops"),
    ("x-rewrite-url", "/v1/shops"),
    ("x-forwarded-prefix", "/internal"),
    ("x-forwarded-for", "127.0.0.1"),
    ("x-real-ip", "127.0.0.1"),
    ("jumun-forwarded", "1"),
    ("x-forwarded-user", "ops"),
    ("x-user-role", "operator"),
    ("cookie", "role=operator; admin=true"),
];

/// The same address, spelled otherwise.
fn spellings(path: &str) -> Vec<String> {
    let (address, query) = path.split_once('?').map_or((path, String::new()), |(a, q)| (a, format!("?{q}")));
    let segments: Vec<&str> = address.trim_start_matches('/').split('/').collect();
    let last = segments.last().copied().unwrap_or_default();
    let before = segments[..segments.len() - 1].join("/");
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let joined = |separator: &str| format!("/{}", segments.join(separator));
    let all = [
        format!("/{address}"),
        joined("//"),
        joined("/./"),
        format!("/x/..{address}"),
        format!("{address}/"),
        format!("{address}//"),
        format!("{address}/."),
        format!("{address}/../{last}"),
        format!("/{before}/{}", encoded(last)),
        format!("/{before}%2f{last}"),
        format!("/{before}/%2e/{last}"),
        format!("/{before}/%2e%2e/{last}"),
        format!("/{before}/{last}%00"),
        format!("/{before}/{last}%20"),
        format!("/{before}/{last};role=operator"),
        format!("/{before};x=y/{last}"),
        address.to_uppercase(),
        format!("/{before}/{}", last.to_uppercase()),
        format!("{address}.json"),
        format!("/V1{}", address.trim_start_matches("/v1")),
        format!("/{HERE}{address}"),
        format!("/v1/shops/{HERE}%2f..%2f..{address}"),
        address.replace(HERE, "PIZZA"),
        address.replace(HERE, "pizza%20"),
        address.replace(HERE, "%70izza"),
        format!("{address}?shop=cafe&role=operator&_method=POST"),
    ];
    all.into_iter().map(|spelled| if spelled.contains('?') { spelled } else { spelled + &query }).collect()
}

/// Whether the address is another route's, which they may use, when it is asked for with this method.
fn is_anothers(all: &[Route], person: &Person, route: &Route, method: &Method) -> bool {
    all.iter().any(|other| {
        other.path == route.path
            && other.method == *method
            && matches!(other.expected(person, Whose::One), Expected::Answered | Expected::Shown)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_way_round_leads_to_what_is_for_others() {
    let world = World::open().await;
    let (one, other) = world.one_of_each().await;
    let things = Things { one, other };
    let (mut tried, mut wrongs) = (0, Vec::new());
    let all = routes();
    for route in &all {
        for person in [&NOBODY, &ONE, &COURIER, &STAFF, &STAFF_THERE] {
            let is_shut =
                matches!(route.expected(person, Whose::One), Expected::Forbidden | Expected::Unauthenticated);
            if !is_shut {
                continue;
            }
            for ask in ways_round(&all, person, route, &route.ask(&things, Whose::One)) {
                let answer = world.ask(person, &ask).await;
                tried += 1;
                let status = answer.status.as_u16();
                let is_refused = (400..500).contains(&status);
                if !is_refused || leaked(person, &answer).is_some() {
                    wrongs.push(format!("{}: {ask:?}: {status} {}", person.who, answer.text()));
                }
            }
        }
    }
    println!("S3: {tried} ways round, {} open", wrongs.len());
    assert!(tried >= VARIANTS_MIN, "{tried}");
    assert!(wrongs.is_empty(), "{} of {tried}:\n{}", wrongs.len(), wrongs.join("\n"));
    world.close().await;
}

fn ways_round(routes: &[Route], person: &Person, route: &Route, plain: &Ask) -> Vec<Ask> {
    let mut all = Vec::new();
    for spelled in spellings(&plain.path) {
        let mut ask = plain.clone();
        ask.path = spelled;
        all.push(ask);
    }
    for (name, value) in HEADERS {
        let mut ask = plain.clone();
        ask.headers.push((name, value.to_owned()));
        all.push(ask);
    }
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "get", "TRACE"];
    for method in methods.into_iter().filter_map(|method| Method::from_bytes(method.as_bytes()).ok()) {
        let as_read = if method == Method::HEAD { Method::GET } else { method.clone() };
        if method != route.method && !is_anothers(routes, person, route, &as_read) {
            let mut ask = plain.clone();
            ask.method = method;
            ask.headers.push(("x-http-method-override", route.method.to_string()));
            all.push(ask);
        }
    }
    all
}
