//! The bytes that are sent. An order has two lines, no named method (the shop's own is the instant
//! one) and a key of its own, a UUID of version 7: ordered by time, not to be guessed.

use std::ops::Range;
use std::sync::Arc;

use crate::clock;

/// The shop of `shops/bench.toml`.
pub(crate) const SHOP: &str = "bench";

/// The shop of `shops/counter.toml`.
const COUNTER: &str = "counter";

/// What orders are to come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workload {
    /// W1: taken and paid, both on the disk; they wait at the counter.
    Accepted,
    /// W2: made as well, by itself, until they are completed.
    Completed,
}

impl Workload {
    /// Where they are placed.
    pub(crate) const fn shop(self) -> &'static str {
        match self {
            Self::Accepted => COUNTER,
            Self::Completed => SHOP,
        }
    }

    /// What their story says in the end.
    pub(crate) const fn ends_as(self) -> &'static str {
        match self {
            Self::Accepted => "confirmed",
            Self::Completed => "completed",
        }
    }
}

/// What is ordered at both.
const BODY: &str = r#"{"lines":[{"item":"1","quantity":2},{"item":"2","quantity":1}]}"#;
const KEY_DIGITS: usize = 32;

/// Where a connection takes its next request from.
pub(crate) trait Requests {
    /// The next request, whole.
    fn next(&mut self) -> &[u8];
}

/// Orders without end, each with its own key.
pub(crate) struct Orders {
    bytes: Vec<u8>,
    key: Range<usize>,
    chance: Chance,
}

impl Orders {
    /// Orders of one connection at the bench shop; no two connections may have the same seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self::carrying(Workload::Completed, "", seed)
    }

    /// Those of a workload, with further lines of the head.
    pub(crate) fn carrying(workload: Workload, lines: &str, seed: u64) -> Self {
        Self::of(workload.shop(), lines, BODY, seed)
    }

    /// The same at any shop, by a customer who says who they are.
    pub(crate) fn by(customer: &str, shop: &str, body: &str, seed: u64) -> Self {
        Self::of(shop, &format!("jumun-actor: {customer}\r\n"), body, seed)
    }

    fn of(shop: &str, lines: &str, body: &str, seed: u64) -> Self {
        let before = format!(
            "POST /v1/shops/{shop}/orders HTTP/1.1\r\nhost: 127.0.0.1\r\n{lines}\
             content-type: application/json\r\nidempotency-key: "
        );
        let after = format!("\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let key = before.len()..before.len() + KEY_DIGITS;
        let bytes = format!("{before}{}{after}", "0".repeat(KEY_DIGITS)).into_bytes();
        Self { bytes, key, chance: Chance(seed) }
    }
}

impl Requests for Orders {
    fn next(&mut self) -> &[u8] {
        let chance = u128::from(self.chance.next()) << 16 | u128::from(self.chance.next() & 0xffff);
        let bits = u128::from(clock::millis_since_1970()) << 80 | chance;
        // A UUID of version 7 says so (RFC 9562).
        let mut rest = bits & !(0xf << 76) & !(0b11 << 62) | 0x7 << 76 | 0b10 << 62;
        for place in self.bytes[self.key.clone()].iter_mut().rev() {
            *place = b"0123456789abcdef"[(rest & 0xf) as usize];
            rest >>= 4;
        }
        &self.bytes
    }
}

/// Reads of what is there: nine of ten ask for one of the hot tenth. Connections share the requests, which
/// are made before anything is counted.
pub(crate) struct Reads {
    requests: Arc<[Vec<u8>]>,
    chance: Chance,
}

impl Reads {
    /// Requests for these paths, with these further lines of the head; there must be one path at least.
    pub(crate) fn requests(paths: &[String], lines: &str) -> Arc<[Vec<u8>]> {
        paths.iter().map(|path| get_with(path, lines)).collect()
    }

    /// Asks these, in a skewed order.
    pub(crate) fn of(requests: &Arc<[Vec<u8>]>, seed: u64) -> Self {
        Self { requests: Arc::clone(requests), chance: Chance(seed) }
    }
}

impl Requests for Reads {
    fn next(&mut self) -> &[u8] {
        let all = self.requests.len();
        let hot = self.chance.next() % 10 < 9;
        let among = if hot { all.div_ceil(10) } else { all };
        &self.requests[self.chance.below(among)]
    }
}

/// A GET without a body.
pub(crate) fn get(path: &str) -> Vec<u8> {
    get_with(path, "")
}

/// The same with further lines of the head.
pub(crate) fn get_with(path: &str, lines: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{lines}\r\n").into_bytes()
}

/// A POST without a body.
pub(crate) fn post(path: &str) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 0\r\n\r\n").into_bytes()
}

/// A POST by somebody who works at a shop.
pub(crate) fn post_as(actor: &str, path: &str, body: &str) -> Vec<u8> {
    send("POST", path, &format!("jumun-actor: {actor}\r\n"), body)
}

/// A POST of JSON by nobody in particular.
pub(crate) fn post_json(path: &str, body: &str) -> Vec<u8> {
    send("POST", path, "", body)
}

/// A PUT by nobody in particular.
pub(crate) fn put(path: &str, body: &str) -> Vec<u8> {
    send("PUT", path, "", body)
}

fn send(method: &str, path: &str, lines: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{lines}\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A small generator (splitmix64): what a client asks next need not be more than unforeseen.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_order_has_a_key_of_its_own_and_the_same_bytes_otherwise() {
        let mut orders = Orders::new(7);
        let key = orders.key.clone();
        let requests: Vec<Vec<u8>> = (0..1_000).map(|_| orders.next().to_vec()).collect();
        let keys: BTreeSet<&[u8]> = requests.iter().map(|bytes| &bytes[key.clone()]).collect();
        assert_eq!(keys.len(), 1_000);
        assert!(requests.iter().all(|bytes| bytes.len() == requests[0].len()));
        let text = String::from_utf8(requests[0].clone()).unwrap();
        assert!(text.ends_with(BODY) && text.contains(&format!("content-length: {}\r\n", BODY.len())));
    }

    #[test]
    fn nine_of_ten_reads_go_to_the_hot_tenth() {
        let paths: Vec<String> = (0..100).map(|path| format!("/{path:02}")).collect();
        let mut reads = Reads::of(&Reads::requests(&paths, ""), 1);
        let hot = (0..10_000).filter(|_| reads.next().starts_with(b"GET /0")).count();
        assert!((8_900..=9_300).contains(&hot), "{hot} of 10,000 were hot");
    }
}
