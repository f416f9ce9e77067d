//! S10: bodies that are made to be too much. Each is refused within a tenth of a second, nothing grows, and
//! the next customer is served.

use std::time::Duration;

use attacks::memory_kib;
use journeys::{House, raw, raw_request};
use tokio::time::Instant;

/// By when a body must be refused that has arrived.
const WITHIN: Duration = Duration::from_millis(100);
/// How much memory all of them together may cost.
const GROWTH_KIB_MAX: u64 = 16 * 1024;

const ORDERS: &str = "/v1/shops/cafe/orders";
const JSON: &[u8] = b"Content-Type: application/json";
const KEY: &[u8] = b"Idempotency-Key: k";

fn nested(depth: usize) -> Vec<u8> {
    let mut body = b"[".repeat(depth);
    body.extend(b"]".repeat(depth));
    body
}

fn quantity(number: &str) -> Vec<u8> {
    format!("{{\"lines\":[{{\"item\":\"1\",\"quantity\":{number}}}]}}").into_bytes()
}

fn note(text: &[u8]) -> Vec<u8> {
    [&br#"{"note":""#[..], text, br#"","lines":[{"item":"1","quantity":1}]}"#].concat()
}

/// Bodies that arrive whole, each with the statuses that may answer it.
fn bodies() -> Vec<(String, Vec<u8>, &'static [u16])> {
    let many_keys: String = (0..1_000_000).map(|number| format!("\"k{number}\":1,")).collect();
    let items = format!("{{\"lines\":[{}1]}}", "1,".repeat(1_000_000));
    let mut bodies: Vec<(String, Vec<u8>, &'static [u16])> = vec![
        ("a million keys".to_owned(), format!("{{{many_keys}\"k\":1}}").into_bytes(), &[413]),
        ("a million items".to_owned(), items.into_bytes(), &[413]),
        ("as many keys as fit".to_owned(), format!("{{{}", &many_keys[..60_000]).into_bytes(), &[400]),
        (
            "as many items as fit".to_owned(),
            format!("{{\"lines\":[{}1]}}", "1,".repeat(30_000)).into_bytes(),
            &[400],
        ),
        ("one long text".to_owned(), note(&b"x".repeat(60_000)), &[400]),
        (
            "a key twice".to_owned(),
            br#"{"lines":[{"item":"1","quantity":1}],"lines":[{"item":"1","quantity":1}]}"#.to_vec(),
            &[400],
        ),
        (
            "a key twice within".to_owned(),
            br#"{"lines":[{"item":"1","quantity":1,"quantity":9}]}"#.to_vec(),
            &[400],
        ),
        (
            "a key twice, once escaped".to_owned(),
            br#"{"note":"a","n\u006fte":"b","lines":[{"item":"1","quantity":1}]}"#.to_vec(),
            &[400],
        ),
        ("broken UTF-8".to_owned(), note(b"\xff\xfe"), &[400]),
        ("overlong UTF-8".to_owned(), note(b"\xc0\xaf"), &[400]),
        ("a surrogate in UTF-8".to_owned(), note(b"\xed\xa0\x80"), &[400]),
        ("half a surrogate".to_owned(), note(br"\ud800"), &[400]),
        ("surrogates the wrong way round".to_owned(), note(br"\udc00\ud800"), &[400]),
        ("a null in a text".to_owned(), note(br"\u0000"), &[400]),
        ("a byte order mark".to_owned(), [&b"\xef\xbb\xbf"[..], &quantity("1")].concat(), &[400]),
        ("UTF-16".to_owned(), b"\xff\xfe{\x00}\x00".to_vec(), &[400]),
    ];
    for depth in [33, 100, 1_000, 10_000, 32_000, 100_000] {
        let too_much: &[u16] = if depth * 2 > 64 * 1024 { &[413] } else { &[400] };
        bodies.push((format!("depth {depth}"), nested(depth), too_much));
    }
    for number in [
        "0",
        "-0",
        "-1",
        "1e400",
        "-1e400",
        "1e-400",
        "NaN",
        "Infinity",
        "-Infinity",
        "1.0",
        "1.5",
        "1e2",
        "0x1",
        "01",
        "+1",
        ".5",
        "5.",
        "2147483648",
        "4294967296",
        "9223372036854775808",
        "18446744073709551616",
        "99999999999999999999",
        "\"1\"",
        "true",
        "[1]",
        "{}",
    ] {
        bodies.push((format!("a quantity of {number}"), quantity(number), &[400]));
    }
    bodies
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_body_that_is_too_much_is_refused_at_once_and_nothing_grows() {
    let house = House::open(&["cafe"]).await;
    let _warm = house.shop("cafe").somebody().reads("/orders").await.is(200);
    let base = house.url("");
    let bodies = bodies();
    let before = memory_kib(house.server().process_id());
    for (name, body, statuses) in &bodies {
        let request = raw_request(ORDERS, &[JSON, KEY], body);
        let tries: Vec<(Duration, String)> = (0..5)
            .map(|_| {
                let began = Instant::now();
                let answer = raw(&base, &request);
                (began.elapsed(), answer)
            })
            .collect();
        let (took, answer) = tries.iter().min_by_key(|(took, _)| *took).unwrap();
        let status: u16 = answer.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
        assert!(statuses.contains(&status), "{name}: {answer}");
        assert!(answer.contains("application/problem+json"), "{name}: {answer}");
        assert!(*took <= WITHIN, "{name} took {took:?}");
    }
    let grown = memory_kib(house.server().process_id()).saturating_sub(before);
    println!("{} bodies, memory grew by {grown} KiB", bodies.len());
    assert!(grown <= GROWTH_KIB_MAX, "{grown} KiB");
    let orders = house.shop("cafe").get("/orders").await.is(200).items();
    assert_eq!(orders, Vec::<serde_json::Value>::new(), "something of it was kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_is_declared_packed_or_endless_is_refused_before_it_is_taken_in() {
    let house = House::open(&["cafe"]).await;
    let base = house.url("");
    let head = |more: &str| {
        format!(
            "POST {ORDERS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n\
             Connection: close\r\n{more}\r\n"
        )
    };
    // As small as a bomb is: zeros that would be a megabyte.
    let zeros = "\u{1f}\u{8b}\u{8}\0\0\0\0\0\0\u{3}";
    let chunk = format!("2000\r\n{}\r\n", " ".repeat(0x2000));
    let cases = [
        (
            "10 GB declared",
            format!("{}{{", head("Content-Length: 10000000000\r\nExpect: 100-continue\r\n")),
            "413",
        ),
        (
            "a packed body",
            format!("{}{zeros}", head("Content-Encoding: gzip\r\nContent-Length: 12\r\n")),
            "415",
        ),
        (
            "a twice packed body",
            format!("{}{zeros}", head("Content-Encoding: br, gzip\r\nContent-Length: 12\r\n")),
            "415",
        ),
        ("a packed transfer", format!("{}0\r\n\r\n", head("Transfer-Encoding: gzip, chunked\r\n")), "4"),
        (
            "chunks without end",
            format!("{}{}", head("Transfer-Encoding: chunked\r\n"), chunk.repeat(1_000)),
            "413",
        ),
    ];
    let before = memory_kib(house.server().process_id());
    for (name, request, status) in &cases {
        let answer = raw(&base, request.as_bytes());
        let refusal = format!("HTTP/1.1 {status}");
        assert!(answer.contains(&refusal), "{name}: {answer}");
        assert!(answer.contains("application/problem+json"), "{name}: {answer}");
    }
    let grown = memory_kib(house.server().process_id()).saturating_sub(before);
    assert!(grown <= GROWTH_KIB_MAX, "{grown} KiB");
    let _served = house.get("/v1/shops/cafe/menu").await.is(200);
}
