//! Golden exchanges: what is said to a provider for a call, word by word, and what its answer is taken for.
//! One file per pair in `tests/golden/`; they follow the providers' published documents, and none was
//! recorded from a real provider.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use payment_service::provider::{
    Charged, Dialect, Next, ProviderAnswer, ProviderCall, ProviderResponse, Stripe, Toss,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    call: ProviderCall,
    exchanges: Vec<Exchange>,
    answer: ProviderAnswer,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    request: Value,
    response: Response,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Response {
    status: u16,
    json: Option<Value>,
    text: Option<String>,
}

impl Response {
    fn as_heard(&self) -> ProviderResponse {
        let json = self.json.as_ref().map(Value::to_string);
        let body = json.or_else(|| self.text.clone()).unwrap_or_default().into_bytes();
        ProviderResponse { status: self.status, body }
    }
}

fn files(provider: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(provider);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn golden(path: &Path) -> Golden {
    serde_json::from_slice(&fs::read(path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Speaks a golden call through, holding every request to the file.
fn spoken(dialect: &dyn Dialect, path: &Path) -> ProviderAnswer {
    let golden = golden(path);
    let mut exchanges = golden.exchanges.iter();
    let mut next = dialect.begin(&golden.call);
    loop {
        let (asked, request) = match next {
            Next::Done(answer) => {
                assert_eq!(exchanges.count(), 0, "{}: more was expected to be said", path.display());
                return answer;
            }
            Next::Ask(asked, request) => (asked, request),
        };
        let Some(exchange) = exchanges.next() else {
            panic!("{}: nobody expects {request:?} ({asked:?})", path.display());
        };
        assert_eq!(serde_json::to_value(&request).unwrap(), exchange.request, "{}", path.display());
        next = dialect.follow(&golden.call, &asked, &exchange.response.as_heard());
    }
}

/// How many pairs a provider has at least; one that is lost is missed.
const PAIRS_MIN: [(&str, usize); 2] = [("toss", 50), ("stripe", 55)];

fn dialects() -> [Box<dyn Dialect>; 2] {
    [Box::new(Toss), Box::new(Stripe)]
}

#[test]
fn every_call_is_said_and_every_answer_taken_as_the_golden_files_say() {
    for dialect in dialects() {
        for path in files(dialect.name()) {
            assert_eq!(spoken(&*dialect, &path), golden(&path).answer, "{}", path.display());
        }
    }
}

#[test]
fn every_kind_of_call_has_pairs_for_yes_no_and_silence() {
    for dialect in dialects() {
        let files = files(dialect.name());
        let (_, at_least) = PAIRS_MIN.into_iter().find(|(name, _)| *name == dialect.name()).unwrap();
        assert!(files.len() >= at_least, "{}: {} pairs", dialect.name(), files.len());
        let kinds: BTreeSet<String> = files
            .iter()
            .map(|path| {
                let golden = golden(path);
                let word = |value: Value| match value {
                    Value::Object(fields) => fields.keys().next().unwrap().clone(),
                    other => other.as_str().unwrap().to_owned(),
                };
                let call = word(serde_json::to_value(&golden.call).unwrap());
                format!("{call} {}", word(serde_json::to_value(&golden.answer).unwrap()))
            })
            .collect();
        for wanted in [
            "authorise approved",
            "authorise declined",
            "authorise unknown",
            "query approved",
            "query declined",
            "query not-found",
            "query unknown",
            "cancel approved",
            "cancel declined",
            "cancel unknown",
            "refund refunded",
            "refund declined",
            "refund unknown",
        ] {
            assert!(kinds.contains(wanted), "{}: no pair for {wanted}", dialect.name());
        }
    }
}

/// What a provider that is broken, or somebody in between, may answer to anything.
fn nonsense() -> Vec<ProviderResponse> {
    let bodies: [&[u8]; 9] = [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<html><body>OK</body></html>",
        b"{\"status\":\"DONE\"}",
        b"{\"status\":\"succeeded\"}",
        b"\xff\xfe",
        b"{\"error\":{}}",
    ];
    let statuses = [200, 201, 204, 301, 400, 401, 402, 403, 404, 408, 409, 418, 429, 500, 502, 503, 504, 599];
    statuses
        .into_iter()
        .flat_map(|status| bodies.map(|body| ProviderResponse { status, body: body.to_vec() }))
        .collect()
}

#[test]
fn whatever_cannot_be_read_is_neither_a_yes_nor_a_no() {
    for dialect in dialects() {
        let mut held = 0;
        for path in files(dialect.name()) {
            let call = golden(&path).call;
            let Next::Ask(asked, _) = dialect.begin(&call) else { continue };
            for response in nonsense() {
                // A search that finds nothing goes on; it ends nothing either.
                if let Next::Done(answer) = dialect.follow(&call, &asked, &response) {
                    let is_unknown = matches!(answer, ProviderAnswer::Unknown { .. });
                    assert!(is_unknown, "{} {asked:?} {response:?}: {answer:?}", path.display());
                    held += 1;
                }
            }
        }
        assert!(held > 1_000, "{}: {held}", dialect.name());
    }
}

#[test]
fn a_book_that_cannot_be_read_is_not_taken_for_an_empty_one() {
    for dialect in dialects() {
        let key = "01890a5d-ac96-774b-bcce-b302099a8057/1";
        for code in [None, Some("pi_3MtwBwLkdIwHu7ix28a3tqPa")] {
            let Next::Ask(asked, _) = dialect.examine(key, code) else { panic!("nothing is asked") };
            for response in nonsense() {
                let next = dialect.examined(key, &mut Charged::default(), &asked, &response);
                assert!(matches!(next, Next::Done(Err(_))), "{} {response:?}: {next:?}", dialect.name());
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExaminedGolden {
    key: String,
    code: Option<String>,
    exchanges: Vec<Exchange>,
    says: Result<Charged, String>,
}

#[test]
fn what_the_book_of_stripe_says_of_a_charge_is_taken_as_the_golden_files_say() {
    let files = files("stripe-examined");
    assert!(files.len() >= 10, "{} pairs", files.len());
    for path in files {
        let read = serde_json::from_slice(&fs::read(&path).unwrap());
        let golden: ExaminedGolden = read.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut so_far = Charged::default();
        let mut next = Stripe.examine(&golden.key, golden.code.as_deref());
        for exchange in &golden.exchanges {
            let Next::Ask(asked, request) = next else { panic!("{}: it is over", path.display()) };
            assert_eq!(serde_json::to_value(&request).unwrap(), exchange.request, "{}", path.display());
            next = Stripe.examined(&golden.key, &mut so_far, &asked, &exchange.response.as_heard());
        }
        assert_eq!(next, Next::Done(golden.says), "{}", path.display());
    }
}

#[test]
fn a_key_of_the_shop_says_who_asks_and_is_shown_nowhere() {
    let said = Toss.credentials("test_sk_1");
    assert_eq!(said, [("authorization", "Basic dGVzdF9za18xOg==".to_owned())]);
    let said = Stripe.credentials("sk_test_1");
    assert_eq!(said[0], ("authorization", "Bearer sk_test_1".to_owned()));
    assert_eq!(format!("{:?}", payment_service::provider::ProviderKey::parse("k")), "Some(ProviderKey)");
}
