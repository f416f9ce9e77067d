//! A provider over real HTTP: our adapters against the sandbox as a program of its own, on loopback, with
//! everything that a line and a provider can do wrong.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use kernel::{ManualClock, Money, Timestamp};
use payment_service::provider::sandbox::{LineMode, SandboxBook, SandboxDesk};
use payment_service::provider::{
    BaseUrl, Charged, Dialect, FarProvider, FarSettings, Provider as _, ProviderAnswer, ProviderCall,
    ProviderKey, Stripe, Toss,
};
use tempfile::TempDir;

use crate::house::{PRICE, order, won};

/// A provider that is there, its book, and a way to it in each of its words.
struct There {
    folder: TempDir,
    desk: Arc<SandboxDesk>,
    address: SocketAddr,
}

const KEY: &str = "test_sk_1";

async fn serve(routes: Router) -> SocketAddr {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(socket, routes).await.unwrap() });
    address
}

fn far(dialect: Arc<dyn Dialect>, base: &str, key: &str, lapse: Duration) -> FarProvider {
    let (base, key) = (BaseUrl::parse(base).unwrap(), ProviderKey::parse(key).unwrap());
    FarProvider::try_new(dialect, FarSettings { base, key, lapse }).unwrap()
}

impl There {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_700_000_000_000)));
        let key = ProviderKey::parse(KEY).unwrap();
        let desk = SandboxDesk::open(&folder.path().join("book"), key, clock).unwrap();
        let address = serve(desk.routes()).await;
        Self { folder, desk, address }
    }

    fn in_words(&self, dialect: Arc<dyn Dialect>) -> FarProvider {
        far(dialect, &format!("http://{}", self.address), KEY, Duration::from_secs(60))
    }

    fn both(&self) -> [FarProvider; 2] {
        [self.in_words(Arc::new(Toss)), self.in_words(Arc::new(Stripe))]
    }

    fn book(&self) -> SandboxBook {
        SandboxBook::load(&self.folder.path().join("book")).unwrap()
    }
}

fn key(number: u64) -> String {
    format!("{}/1", order(number))
}

fn authorise(number: u64, method: &str) -> ProviderCall {
    ProviderCall::Authorise { key: key(number), amount: won(PRICE), method: method.to_owned() }
}

fn query(number: u64) -> ProviderCall {
    ProviderCall::Query { key: key(number), amount: won(PRICE) }
}

fn cancel(number: u64) -> ProviderCall {
    ProviderCall::Cancel { key: key(number), amount: won(PRICE) }
}

fn refund(number: u64, step: u32, amount: i64) -> ProviderCall {
    let refund = Some(format!("{}/refund/{step}", key(number)));
    ProviderCall::Refund { key: refund, charge_key: key(number), amount: won(amount) }
}

/// Calls with the patience of a test.
async fn ask(provider: &FarProvider, call: ProviderCall) -> ProviderAnswer {
    ask_for(Duration::from_millis(1_500), provider, call).await
}

async fn ask_for(patience: Duration, provider: &FarProvider, call: ProviderCall) -> ProviderAnswer {
    let answered = tokio::time::timeout(patience, provider.call(call)).await;
    answered.unwrap_or_else(|_| ProviderAnswer::Unknown { cause: "no answer in time".to_owned() })
}

fn is_approved(answer: &ProviderAnswer) -> bool {
    matches!(answer, ProviderAnswer::Approved { .. })
}

fn is_declined(answer: &ProviderAnswer) -> bool {
    matches!(answer, ProviderAnswer::Declined { .. })
}

fn is_unknown(answer: &ProviderAnswer) -> bool {
    matches!(answer, ProviderAnswer::Unknown { .. })
}

#[tokio::test]
async fn what_a_token_does_it_does_over_http_too_in_both_words() {
    let there = There::open().await;
    for (words, provider) in there.both().iter().enumerate() {
        let order = |number: u64| number + 100 * (words as u64 + 1);
        assert!(is_approved(&ask(provider, authorise(order(1), "tok_approve")).await));
        assert!(is_approved(&ask(provider, authorise(order(1), "tok_approve")).await), "once more, the same");
        assert!(is_approved(&ask(provider, authorise(order(2), "tok_slow_100")).await));
        for (number, token) in
            [(3, "tok_decline"), (4, "tok_insufficient_funds"), (5, "tok_expired_card"), (6, "tok_nobody")]
        {
            let declined = ask(provider, authorise(order(number), token)).await;
            assert!(is_declined(&declined), "{token}: {declined:?}");
            let asked_again = ask(provider, query(order(number))).await;
            assert!(is_declined(&asked_again), "{token}: {asked_again:?}");
        }
        for (number, token) in [(7, "tok_timeout_after_capture"), (8, "tok_error_after_capture")] {
            assert!(is_unknown(&ask(provider, authorise(order(number), token)).await), "{token}");
            assert!(is_approved(&ask(provider, query(order(number))).await), "{token}");
        }
        assert!(is_unknown(&ask(provider, authorise(order(9), "tok_error")).await));
        assert_eq!(ask(provider, query(order(9))).await, ProviderAnswer::NotFound);
        assert!(is_unknown(&ask(provider, authorise(order(10), "tok_error_once")).await));
        assert!(is_approved(&ask(provider, authorise(order(10), "tok_error_once")).await));
        assert_eq!(ask(provider, query(order(11))).await, ProviderAnswer::NotFound);
    }
    assert_eq!(there.book().captures(), 2 * 5);
}

#[tokio::test]
async fn money_goes_back_once_per_key_and_never_of_what_is_not_there() {
    let there = There::open().await;
    for (words, provider) in there.both().iter().enumerate() {
        let number = words as u64 + 1;
        assert!(is_approved(&ask(provider, authorise(number, "tok_approve")).await));
        for _ in 0..3 {
            assert_eq!(ask(provider, refund(number, 1, 2_000)).await, ProviderAnswer::Refunded);
        }
        assert_eq!(there.book().refunded(&key(number)), 2_000);
        assert_eq!(ask(provider, refund(number, 2, 500)).await, ProviderAnswer::Refunded);
        assert!(is_approved(&ask(provider, query(number)).await), "captured it was");
        let nothing = ask(provider, refund(number + 50, 1, 2_000)).await;
        assert!(nothing == ProviderAnswer::NotFound || is_unknown(&nothing), "{nothing:?}");

        let said = provider.examine(&key(number), None).await.unwrap();
        let (captured, code) = said.captured.clone().unwrap();
        assert_eq!(captured, won(PRICE));
        assert_eq!(provider.examine(&key(number), Some(&code)).await.unwrap(), said, "by its code");
        let back = |step, amount| (Some(format!("{}/refund/{step}", key(number))), won(amount));
        assert_eq!(said.refunds, [back(1, 2_000), back(2, 500)]);
    }
    let [toss, stripe] = there.both();
    assert_eq!(toss.examine(&key(51), None).await, Ok(Charged::default()));
    let late = stripe.examine(&key(51), None).await;
    assert!(late.is_err(), "what an index does not have may be late: {late:?}");
    let code = format!("pi_{}", key(51).replace('/', "_"));
    assert_eq!(stripe.examine(&key(51), Some(&code)).await, Ok(Charged::default()), "it is nowhere");
}

#[tokio::test]
async fn a_charge_called_off_is_never_captured_in_the_words_of_stripe() {
    let there = There::open().await;
    let stripe = there.in_words(Arc::new(Stripe));
    assert!(is_declined(&ask(&stripe, cancel(1)).await));
    assert!(is_declined(&ask(&stripe, cancel(1)).await), "again, the same");
    // What was on its way arrives now.
    assert!(is_declined(&ask(&stripe, authorise(1, "tok_approve")).await));
    assert!(is_declined(&ask(&stripe, query(1)).await));
    assert_eq!(there.book().captures(), 0);

    assert!(is_approved(&ask(&stripe, authorise(2, "tok_approve")).await));
    assert!(is_approved(&ask(&stripe, cancel(2)).await), "it is too late");
}

#[tokio::test]
async fn a_charge_called_off_is_not_known_until_it_has_lapsed_in_the_words_of_toss() {
    let there = There::open().await;
    let url = format!("http://{}", there.address);
    let toss = far(Arc::new(Toss), &url, KEY, Duration::from_millis(300));
    assert!(is_unknown(&ask(&toss, cancel(1)).await));
    assert!(is_unknown(&ask(&toss, cancel(1)).await));
    // It was on its way, and is heard of.
    assert!(is_approved(&ask(&toss, authorise(1, "tok_approve")).await));
    assert!(is_approved(&ask(&toss, cancel(1)).await));

    assert!(is_unknown(&ask(&toss, cancel(2)).await));
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert!(is_declined(&ask(&toss, cancel(2)).await));
}

#[tokio::test]
async fn a_line_or_a_provider_that_fails_is_neither_a_yes_nor_a_no() {
    let there = There::open().await;
    let modes = [LineMode::Down, LineMode::Failing, LineMode::Hung, LineMode::Slow { milliseconds: 10_000 }];
    for (words, provider) in there.both().iter().enumerate() {
        for (number, mode) in modes.iter().enumerate() {
            let number = (number + 10 * words + 1) as u64;
            there.desk.switch(*mode);
            for call in
                [authorise(number, "tok_approve"), query(number), cancel(number), refund(number, 1, 1)]
            {
                let answer = ask_for(Duration::from_millis(150), provider, call.clone()).await;
                assert!(is_unknown(&answer), "{mode:?} {call:?}: {answer:?}");
            }
        }
        there.desk.switch(LineMode::Healthy);
        assert!(is_approved(&ask(provider, authorise(90 + words as u64, "tok_approve")).await));
    }
}

#[tokio::test]
async fn nobody_is_there_or_somebody_else_is() {
    let closed = {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        socket.local_addr().unwrap()
    };
    let toss = far(Arc::new(Toss), &format!("http://{closed}"), KEY, Duration::ZERO);
    assert!(is_unknown(&ask(&toss, authorise(1, "tok_approve")).await));
    assert!(is_unknown(&ask(&toss, cancel(1)).await), "away is not the same as not found");

    let there = There::open().await;
    let stranger = far(Arc::new(Toss), &format!("http://{}", there.address), "another", Duration::ZERO);
    assert!(is_unknown(&ask(&stranger, authorise(1, "tok_approve")).await));
    let stranger = far(Arc::new(Stripe), &format!("http://{}", there.address), "another", Duration::ZERO);
    assert!(is_unknown(&ask(&stranger, authorise(1, "tok_approve")).await));
    let secured = far(Arc::new(Toss), &format!("https://{}", there.address), KEY, Duration::ZERO);
    assert!(is_unknown(&ask(&secured, authorise(1, "tok_approve")).await), "no certificate, no key");
    assert_eq!(there.book().captures(), 0);
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let long = Router::new().fallback(async || " ".repeat(10 * 1024 * 1024));
    let address = serve(long).await;
    for dialect in [Arc::new(Toss) as Arc<dyn Dialect>, Arc::new(Stripe)] {
        let provider = far(dialect, &format!("http://{address}"), KEY, Duration::ZERO);
        let ProviderAnswer::Unknown { cause } = ask(&provider, authorise(1, "tok_approve")).await else {
            panic!("ten megabytes of nothing are an answer");
        };
        assert!(cause.contains("longer than"), "{cause}");
    }
}

/// Asks as payment does: what is not known is asked about until it is known.
async fn settle(provider: &FarProvider, number: u64, token: &str) -> ProviderAnswer {
    let mut answer = ask(provider, authorise(number, token)).await;
    for _ in 0..200 {
        answer = match answer {
            ProviderAnswer::Unknown { .. } => ask(provider, query(number)).await,
            ProviderAnswer::NotFound => ask(provider, authorise(number, token)).await,
            known => return known,
        };
    }
    panic!("order {number} is never known: {answer:?}");
}

#[tokio::test]
async fn over_a_lossy_line_no_order_is_paid_twice_and_every_one_is_known_in_the_end() {
    let there = There::open().await;
    const ORDERS: u64 = 300;
    there.desk.switch(LineMode::Lossy { percent: 30, seed: 19 });
    for (words, provider) in there.both().iter().enumerate() {
        let first = words as u64 * 1_000;
        for number in first..first + ORDERS {
            let token = if number % 10 == 9 { "tok_decline" } else { "tok_approve" };
            let known = settle(provider, number, token).await;
            assert_eq!(is_approved(&known), token == "tok_approve", "{number}: {known:?}");
        }
    }
    there.desk.switch(LineMode::Healthy);
    let book = std::fs::read_to_string(there.folder.path().join("book")).unwrap();
    let captured = book.lines().filter(|line| line.contains("captured")).count();
    assert_eq!((captured, there.book().captures()), (540, 540));
}

#[tokio::test]
async fn a_charge_of_another_amount_is_not_taken_for_ours() {
    let there = There::open().await;
    for (words, provider) in there.both().iter().enumerate() {
        let number = words as u64 + 1;
        assert!(is_approved(&ask(provider, authorise(number, "tok_approve")).await));
        let other = Money::new(PRICE + 1, won(1).currency);
        let asked = ask(provider, ProviderCall::Query { key: key(number), amount: other }).await;
        assert!(is_unknown(&asked), "{asked:?}");
    }
}
