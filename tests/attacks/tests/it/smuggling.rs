//! S20: requests that two programs in a row might read in two ways. The door alone and a gateway before
//! another process read the same number of messages, and what is wrong is refused and ends the connection.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use attacks::Village;
use journeys::House;

/// A request that is told apart from all others by its answer; what smuggles eats it or sends it twice.
const LAST: &str = "GET /v1/shops/cafe/menu/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
/// The head of a question about a price, to be continued.
const ASK: &str = "POST /v1/shops/cafe/quotes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
const GET: &str = "GET /v1/shops/cafe/menu/2 HTTP/1.1\r\n";
const BODY: &str = r#"{"lines":[{"item":"1","quantity":1}]}"#;
const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    /// How each message is answered, in order; the last one too, where it is read as one.
    answered: &'static [u16],
    /// How many of them a process behind a gateway hears of.
    heard: u64,
    /// It breaks off within its body: whoever passes it on may have begun to, and then breaks off too.
    breaks_off: bool,
}

fn case(name: &'static str, bytes: impl Into<Vec<u8>>, answered: &'static [u16], heard: u64) -> Case {
    let mut bytes = bytes.into();
    bytes.extend_from_slice(LAST.as_bytes());
    Case { name, bytes, answered, heard, breaks_off: false }
}

/// Refused within its body: one answer, and nothing that follows is read.
fn broken_off(name: &'static str, bytes: impl Into<Vec<u8>>) -> Case {
    Case { breaks_off: true, ..refused(name, bytes) }
}

/// Refused at once: one answer, and nothing that follows is read.
fn refused(name: &'static str, bytes: impl Into<Vec<u8>>) -> Case {
    case(name, bytes, &[400], 0)
}

/// Read as one well-formed message, and the last one after it.
fn read(name: &'static str, bytes: impl Into<Vec<u8>>, status: &'static [u16]) -> Case {
    case(name, bytes, status, 2)
}

fn ask(headers: &str, body: &str) -> String {
    format!("{ASK}{headers}\r\n{body}")
}

fn chunked(chunks: &str) -> String {
    ask(CHUNKED, chunks)
}

fn whole_chunk() -> String {
    format!("{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len())
}

fn lengths() -> Vec<Case> {
    let length = BODY.len();
    let with = |value: String| ask(&format!("Content-Length: {value}\r\n"), BODY);
    let two = |one: usize, other: usize| {
        ask(&format!("Content-Length: {one}\r\nContent-Length: {other}\r\n"), BODY)
    };
    vec![
        read("a length", with(length.to_string()), &[200, 200]),
        refused("a length with a plus", with(format!("+{length}"))),
        refused("a length with a minus", with(format!("-{length}"))),
        refused("a length as a list", with(format!("{length}, {length}"))),
        refused("a length as a list of two", with(format!("{length}, 0"))),
        refused("a length with a point", with(format!("{length}.0"))),
        refused("a length in hexadecimal", with(format!("0x{length:x}"))),
        refused("a length with a letter", with(format!("{length}a"))),
        refused("a length with a space within", with("3 7".to_owned())),
        refused("an empty length", with(String::new())),
        refused("a length beyond counting", with("99999999999999999999999".to_owned())),
        refused("a length of 2^64", with("18446744073709551616".to_owned())),
        refused("a length in other digits", with("٣٧".to_owned())),
        refused("a quoted length", with(format!("\"{length}\""))),
        refused("two lengths, the second shorter", two(length, 0)),
        refused("two lengths, the first shorter", two(0, length)),
        read("a length twice", two(length, length), &[200, 200]),
        refused(
            "a length and a space before its colon",
            ask(&format!("Content-Length : {length}\r\n"), BODY),
        ),
    ]
}

fn encodings() -> Vec<Case> {
    let with = |value: &str| ask(&format!("Transfer-Encoding: {value}\r\n"), &whole_chunk());
    let both = |first: &str, second: &str| ask(&format!("{first}\r\n{second}\r\n"), &whole_chunk());
    let smuggled = format!("0\r\n\r\n{LAST}");
    let cl_te = format!("Content-Length: {}\r\n{CHUNKED}", smuggled.len());
    vec![
        read("chunks", with("chunked"), &[200, 200]),
        read("chunks in capitals", with("CHUNKED"), &[200, 200]),
        // RFC 9112 6.3: chunks count, the length is forgotten, and the connection ends.
        case("a length before chunks", both("Content-Length: 4", "Transfer-Encoding: chunked"), &[200], 1),
        case("chunks before a length", both("Transfer-Encoding: chunked", "Content-Length: 4"), &[200], 1),
        case(
            "a length of nothing before chunks",
            both("Content-Length: 0", "Transfer-Encoding: chunked"),
            &[200],
            1,
        ),
        case("a length before chunks that hide a request", ask(&cl_te, &smuggled), &[400], 1),
        refused("an encoding that is not chunked", with("gzip")),
        refused("chunked, and something else after it", with("chunked, gzip")),
        refused("chunked, then identity", with("chunked, identity")),
        refused("something like chunked", with("xchunked")),
        refused("chunked with a tail", with("chunkedx")),
        refused("chunked in quotes", with("\"chunked\"")),
        refused("chunked with a parameter", with("chunked;q=1")),
        refused("identity", with("identity")),
        refused("an empty encoding", with("")),
        refused("chunked after a vertical tab", with("\u{b}chunked")),
        refused("chunked and a null", with("chunked\0")),
        refused(
            "an encoding and a space before its colon",
            ask("Transfer-Encoding : chunked\r\n", &whole_chunk()),
        ),
        refused("an encoding on a folded line", ask("Transfer-Encoding:\r\n chunked\r\n", &whole_chunk())),
        refused(
            "chunks under HTTP/1.0",
            format!("POST /v1/shops/cafe/quotes HTTP/1.0\r\nHost: x\r\n{CHUNKED}\r\n0\r\n\r\n"),
        ),
    ]
}

fn chunks() -> Vec<Case> {
    let length = BODY.len();
    let sized = |size: &str| chunked(&format!("{size}\r\n{BODY}\r\n0\r\n\r\n"));
    vec![
        read("a chunk with an extension", sized(&format!("{length:x};a=b")), &[200, 200]),
        read("a chunk with zeros before its size", sized(&format!("000{length:x}")), &[200, 200]),
        refused("a chunk of a size that is no number", sized("zz")),
        refused("a chunk of a negative size", sized("-1")),
        refused("a chunk with a plus", sized(&format!("+{length:x}"))),
        refused("a chunk with 0x", sized(&format!("0x{length:x}"))),
        refused("a chunk beyond counting", sized("ffffffffffffffffff")),
        refused("a chunk without a size", sized("")),
        broken_off("a chunk that is longer than it says", chunked(&format!("2\r\n{BODY}\r\n0\r\n\r\n"))),
        broken_off("a chunk whose end is a letter", chunked(&format!("{length:x}\r\n{BODY}xx0\r\n\r\n"))),
        refused(
            "a chunk with an extension without end",
            sized(&format!("{length:x};{}", "a".repeat(40_000))),
        ),
    ]
}

fn heads() -> Vec<Case> {
    let host = "Host: x\r\n";
    let get = |headers: &str| format!("{GET}{host}{headers}\r\n");
    let many: String = (0..200).map(|number| format!("x-{number}: 1\r\n")).collect();
    vec![
        read("a plain request", get(""), &[200, 200]),
        read("lines before a request", format!("\r\n\r\n{}", get("")), &[200, 200]),
        read(
            "an absolute address",
            format!("GET http://evil/v1/shops/cafe/menu/2 HTTP/1.1\r\n{host}\r\n"),
            &[200, 200],
        ),
        read("lines that end without a return", get("").replace("\r\n", "\n"), &[200, 200]),
        refused("no host", format!("{GET}\r\n")),
        refused("two hosts", get("Host: y\r\n")),
        refused("the same host twice", get("Host: x\r\n")),
        refused("a header without a colon", get("nothing\r\n")),
        refused("a header without a name", get(": nothing\r\n")),
        refused("a space before a colon", get("x : 1\r\n")),
        refused("a space within a name", get("x y: 1\r\n")),
        refused("a null in a header", get("x: a\0b\r\n")),
        refused("a return in a header", get("x: a\rContent-Length: 5\r\n")),
        refused("a folded header", get("x: a\r\n b\r\n")),
        refused("a folded header before a length", get("x: a\r\n\tContent-Length: 5\r\n")),
        refused("a first header that is folded", format!("{GET} Host: x\r\n\r\n")),
        refused("a control character in a name", get("x\u{1}: a\r\n")),
        case("two hundred headers", get(&many), &[431], 0),
        case("a header of 64 KB", get(&format!("x: {}\r\n", "a".repeat(64 << 10))), &[431], 0),
        case("a name of 64 KB", get(&format!("{}: x\r\n", "a".repeat(64 << 10))), &[431], 0),
        case("an address of 70 KB", format!("GET /{} HTTP/1.1\r\n{host}\r\n", "a".repeat(70_000)), &[431], 0),
    ]
}

fn first_lines() -> Vec<Case> {
    let first = |line: &str| format!("{line}\r\nHost: x\r\n\r\n");
    vec![
        refused("HTTP/0.9", "GET /v1/shops/cafe/menu/2\r\n".to_owned()),
        refused(
            "a version in small letters",
            first("GET /v1/shops HTTP/1.1".replace("HTTP", "http").as_str()),
        ),
        refused("a version that is none", first("GET /v1/shops HTTP/1.2")),
        refused("version 2 on a line", first("GET /v1/shops HTTP/2.0")),
        // Closed without a word: whoever speaks it would not understand one.
        case("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), &[], 0),
        refused("two spaces", first("GET  /v1/shops HTTP/1.1")),
        refused("a tab", first("GET\t/v1/shops HTTP/1.1")),
        refused("something behind the version", first("GET /v1/shops HTTP/1.1 x")),
        refused("no address", first("GET HTTP/1.1")),
        refused("no method", first("/v1/shops HTTP/1.1")),
        refused("a space before the method", first(" GET /v1/shops HTTP/1.1")),
        refused("a null before the method", first("\0GET /v1/shops HTTP/1.1")),
        refused("a method with a bracket", first("GE(T /v1/shops HTTP/1.1")),
        refused("a control character in the address", first("GET /v1/\u{1}shops HTTP/1.1")),
        refused("bytes of TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        case("good, then garbage", format!("{GET}Host: x\r\n\r\n\0\0\0garbage\r\n\r\n"), &[200, 400], 1),
        case(
            "a line of a header in the address",
            first("GET /v1/shops/cafe%0d%0aX:%20y HTTP/1.1"),
            &[404, 200],
            2,
        ),
        case("three in a row", format!("{GET}Host: x\r\n\r\n{GET}Host: x\r\n\r\n"), &[200, 200, 200], 3),
        case(
            "a body that looks like a request",
            ask(&format!("Content-Length: {}\r\n", LAST.len()), LAST),
            &[400, 200],
            2,
        ),
    ]
}

/// The statuses of the answers, in order; reads until the other side closes.
fn exchange(base: &str, bytes: &[u8]) -> Vec<u16> {
    let mut connection = TcpStream::connect(base.trim_start_matches("http://")).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    // The other side may refuse before it has read everything.
    let _refused_early = connection.write_all(bytes);
    let mut answer = Vec::new();
    let _reset_after_the_answer = connection.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    answer.split("HTTP/1.1 ").skip(1).filter_map(|answer| answer.get(..3)?.parse().ok()).collect()
}

fn cases() -> Vec<Case> {
    [lengths(), encodings(), chunks(), heads(), first_lines()].into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_door_and_a_gateway_before_a_role_read_the_same_messages() {
    let house = House::open(&["cafe"]).await;
    let village = Village::open("cafe", &[]).await;
    let (alone, gateway) = (house.url(""), village.gateway.public.clone());
    let cases = cases();
    assert!(cases.len() >= 60, "{}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let before = village.answered_behind().await;
        let (at_the_door, through_the_gateway) =
            tokio::task::block_in_place(|| (exchange(&alone, &case.bytes), exchange(&gateway, &case.bytes)));
        let heard = village.answered_behind().await - before;
        let is_heard = heard == case.heard || case.breaks_off && heard == case.heard + 1;
        if at_the_door != case.answered || through_the_gateway != case.answered || !is_heard {
            wrong.push(format!(
                "{}: the door answered {at_the_door:?}, the gateway {through_the_gateway:?} and {heard} were \
                 heard of behind it; expected were {:?} and {}",
                case.name, case.answered, case.heard
            ));
        }
    }
    println!("{} raw requests", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let _served = house.get("/v1/shops/cafe/menu").await.is(200);
}
