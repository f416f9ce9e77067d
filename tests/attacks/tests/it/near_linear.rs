//! S23: no input makes a parser work out of proportion: what is 64 times as long takes at most 80 times as
//! long.

use std::time::Duration;

use attacks::parsers::{PARSERS, Parser};
use tokio::time::Instant;

const SHORT: usize = 1 << 10;
const LONG: usize = 64 << 10;
const RATIO_MAX: u32 = 80;
/// What a clock can tell apart on a busy machine; less than that is no work.
const FLOOR: Duration = Duration::from_micros(40);

/// Inputs of a length that are made to be much work, by how they are made.
fn inputs(parser: Parser, length: usize) -> Vec<(&'static str, Vec<u8>)> {
    let fill = |begin: &str, piece: &str, end: &str| {
        let times = (length - begin.len() - end.len()) / piece.len();
        format!("{begin}{}{end}", piece.repeat(times)).into_bytes()
    };
    match parser.name {
        "forms" => vec![
            ("brackets", fill("", "[", "")),
            ("quotes", fill("\"", "\\\"", "\"")),
            ("escapes", fill("{\"note\":\"", "\\u0041", "\"}")),
            ("keys", fill("{", "\"a\":1,", "\"b\":1}")),
            ("one name again and again", fill("{\"lines\":[", "{},", "{}]}")),
            ("numbers", fill("[", "9", "]")),
            ("white space", fill("", " ", "1")),
            ("parameters", fill("", "a=1&", "limit=1")),
            ("percents", fill("state=", "%41", "")),
        ],
        "headers" => vec![
            ("tags", fill("", "\"v1\",", "\"v2\"")),
            ("weak tags", fill("", "W/\"v1\" , ", "\"v2\"")),
            ("commas", fill("", ",", "")),
            ("quotes", fill("", "\"", "")),
            ("digits", fill("1-", "1", "")),
        ],
        "shop_files" => vec![
            ("tables", fill("", "[a]\n", "")),
            ("brackets", fill("a = ", "[", "")),
            ("deep keys", fill("", "a.", "b = 1")),
            ("comments", fill("", "# a\n", "")),
            ("keys", (0..length / 10).map(|key| format!("k{key:05} = 1\n")).collect::<String>().into_bytes()),
            ("a long text", fill("a = \"", "x", "\"")),
            ("escapes", fill("a = \"", "\\u0041", "\"")),
        ],
        "words" => vec![
            ("a long body", fill("POST /cafe/orders\n{\"a\":\"", "x", "\"}")),
            ("keys", fill("POST /cafe/orders\n{", "\"a\":1,", "\"b\":1}")),
            ("a long path", fill("GET /cafe/", "a/", "")),
            ("percents", fill("GET /cafe/", "%41", "")),
            ("parameters", fill("GET /cafe/orders?", "a=1&", "")),
        ],
        "events" => vec![
            ("brackets", fill("order-placed.v1\n", "[", "")),
            ("a long text", fill("order-placed.v1\n{\"life\":\"", "x", "\"}")),
            ("keys", fill("order-placed.v1\n{", "\"a\":1,", "\"b\":1}")),
        ],
        "signatures" => vec![
            ("signatures", fill("id\n1800000000\n", "v1,AAAA ", "\n{}")),
            ("a long id", fill("", "x", "\n1800000000\nv1,AAAA\n{}")),
            ("a long body", fill("id\n1800000000\nv1,AAAA\n", "x", "")),
        ],
        _ => vec![("a long text", fill("", "A", ""))],
    }
}

/// The least that it took, of several times.
fn took(parser: Parser, bytes: &[u8]) -> Duration {
    let once = || {
        let began = Instant::now();
        (parser.read)(bytes);
        began.elapsed()
    };
    (0..15).map(|_| once()).min().unwrap_or_default()
}

#[test]
fn sixty_four_times_as_much_takes_at_most_eighty_times_as_long() {
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for parser in PARSERS {
        for ((how, short), (_, long)) in inputs(parser, SHORT).into_iter().zip(inputs(parser, LONG)) {
            let (short, long) = (took(parser, &short).max(FLOOR), took(parser, &long));
            looked_at += 1;
            if long > short * RATIO_MAX {
                wrong.push(format!("{} of {how}: {short:?}, then {long:?}", parser.name));
            }
        }
    }
    println!("{looked_at} inputs");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
