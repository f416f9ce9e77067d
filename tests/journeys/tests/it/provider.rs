//! Payments at a provider over real HTTP: the shop program and the sandbox provider as two programs, in the
//! words of Toss Payments and of Stripe.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt as _;
use journeys::{Basket, House, SandboxProvider, Shop, eventually, everything_agrees, run};
use serde_json::json;

const WORDS: [&str; 2] = ["toss", "stripe"];
/// For how long payment asks no provider that failed too often.
const BREAKER_IS_OPEN: Duration = Duration::from_secs(5);

/// A cafe that pays at a provider, and the provider.
async fn open(words: &str) -> (House, SandboxProvider) {
    let mut provider = SandboxProvider::place();
    // Nobody is there yet: that is no reason not to open.
    let house = House::open_with(&["cafe"], &["--config", &provider.configuration(words)]).await;
    provider.start(&house).await;
    (house, provider)
}

/// Waits until nothing is under way at the provider.
async fn all_is_known(shop: &Shop) {
    for state in ["requested", "unknown", "voiding", "refunding"] {
        eventually(
            state,
            async || shop.get(&format!("/payments?state={state}")).await.items().len(),
            |waiting| *waiting == 0,
        )
        .await;
    }
}

/// How often each charge was captured, and given back.
async fn kept(provider: &SandboxProvider) -> (BTreeMap<String, usize>, BTreeMap<String, usize>) {
    let (mut captures, mut back) = (BTreeMap::new(), BTreeMap::new());
    for line in provider.lines().await {
        if let Some(captured) = line.get("captured") {
            *captures.entry(captured["key"].to_string()).or_default() += 1;
        }
        if let Some(refunded) = line.get("refunded") {
            *back.entry(refunded["charge_key"].to_string()).or_default() += 1;
        }
    }
    (captures, back)
}

#[tokio::test]
async fn orders_are_paid_declined_and_given_back_over_http() {
    for words in WORDS {
        let (house, provider) = open(words).await;
        let cafe = house.shop("cafe");
        let mina = cafe.customer("mina");
        let order = mina.orders(Basket::of("1", 2)).await;
        cafe.payment_is(&order, "approved").await;
        mina.asks_for(&Basket::of("1", 1).paid_with("tok_decline")).await.problem(402, "payment-declined");
        mina.asks_for(&Basket::of("1", 1).paid_with("tok_nobody")).await.problem(402, "payment-declined");
        let slow = mina.orders(Basket::of("1", 1).paid_with("tok_slow_200")).await;
        cafe.payment_is(&slow, "approved").await;
        let _cancelled = mina.cancels(&order).await.is(200);
        cafe.shows(&order, "refunded").await;
        cafe.payment_is(&order, "refunded").await;

        // Captured, and the answer is lost: not taken for a no, and given back once it is known.
        let lost = Basket::of("1", 1).paid_with("tok_timeout_after_capture");
        mina.asks_for(&lost).await.problem(503, "payment-unavailable");
        all_is_known(&cafe).await;
        eventually(
            "both are given back",
            async || kept(&provider).await,
            |(captures, back)| (captures.len(), back.len()) == (3, 2),
        )
        .await;
        everything_agrees(&house.data(), &provider.book());

        let doctor = run(["doctor", "--data", &house.data().display().to_string()]);
        let said = String::from_utf8(doctor.stdout).unwrap();
        assert!(said.contains(&format!("payments are made at: {words}")), "{said}");
        let alone = run(["reconcile", "--data", &house.data().display().to_string()]);
        assert!(alone.status.success(), "{alone:?}");
    }
}

#[tokio::test]
async fn callbacks_come_before_the_answer_twice_or_instead_of_it() {
    for words in WORDS {
        let (house, provider) = open(words).await;
        let cafe = house.shop("cafe");
        let mina = cafe.customer("mina");
        for token in ["tok_callback_first", "tok_callback_twice", "tok_callback_only"] {
            let order = mina.orders(Basket::of("1", 1).paid_with(token)).await;
            cafe.payment_is(&order, "approved").await;
            let _cancelled = mina.cancels(&order).await.is(200);
            cafe.payment_is(&order, "refunded").await;
        }
        let declined = Basket::of("1", 1).paid_with("tok_decline_callback_only");
        mina.asks_for(&declined).await.problem(402, "payment-declined");
        all_is_known(&cafe).await;
        everything_agrees(&house.data(), &provider.book());
    }
}

#[tokio::test]
async fn over_a_lossy_line_every_order_is_paid_once_or_not_at_all() {
    for (words, seed) in WORDS.into_iter().zip([7, 11]) {
        let (house, provider) = open(words).await;
        let cafe = house.shop("cafe");
        provider.line_loses(20, seed).await;
        let mut answers: Vec<u16> = Vec::new();
        let taken_of = |answers: &[u16]| answers.iter().filter(|status| **status == 201).count();
        // How many are taken depends on how long the breaker is open, and a refusal takes no time: whoever asks
        // again waits before, as the refusal says.
        while answers.len() < 200 || (taken_of(&answers) <= 50 && answers.len() < 2_000) {
            if !answers.is_empty() {
                tokio::time::sleep(BREAKER_IS_OPEN).await;
            }
            let asked = futures::stream::iter(answers.len()..answers.len() + 200)
                .map(|number| {
                    let customer = cafe.customer(&format!("c{number}"));
                    async move { customer.asks_for(&Basket::of("1", 1)).await.status }
                })
                .buffer_unordered(8);
            answers.extend(asked.collect::<Vec<_>>().await);
        }
        let taken = taken_of(&answers);
        assert!(answers.iter().all(|status| [201, 503].contains(status)), "{words}: {answers:?}");
        assert!(taken > 50, "{words}: {taken} of {} orders were taken", answers.len());
        provider.line_is(json!({ "mode": "healthy" })).await;
        all_is_known(&cafe).await;

        let (captures, back) = eventually(
            "paid is what stands",
            async || kept(&provider).await,
            |(captures, back)| captures.len() - back.len() == taken,
        )
        .await;
        assert!(captures.values().chain(back.values()).all(|times| *times == 1), "{captures:?} {back:?}");
        everything_agrees(&house.data(), &provider.book());
    }
}

#[tokio::test]
async fn a_provider_that_is_killed_half_way_is_asked_again_when_it_is_back() {
    for words in WORDS {
        let (house, mut provider) = open(words).await;
        let cafe = house.shop("cafe");
        let before = cafe.customer("mina").orders(Basket::of("1", 1)).await;
        let under_way = (0..12).map(|number| {
            let customer = cafe.customer(&format!("c{number}"));
            async move { customer.asks_for(&Basket::of("1", 1).paid_with("tok_slow_400")).await.status }
        });
        let under_way = tokio::spawn(futures::future::join_all(under_way.collect::<Vec<_>>()));
        // Captured, and not answered yet.
        eventually("captures", async || provider.lines().await.len(), |lines| *lines >= 8).await;
        provider.kill().await;
        let answers = under_way.await.unwrap();
        let while_away = cafe.customer("lee").asks_for(&Basket::of("1", 1)).await;
        assert_eq!(while_away.status, 503, "{while_away:?}");
        provider.start(&house).await;
        all_is_known(&cafe).await;

        let taken = answers.iter().filter(|status| **status == 201).count();
        eventually(
            "paid is what stands",
            async || kept(&provider).await,
            |(captures, back)| captures.len() - back.len() == 1 + taken,
        )
        .await;
        cafe.payment_is(&before, "approved").await;
        everything_agrees(&house.data(), &provider.book());
    }
}

#[tokio::test]
async fn a_folder_stays_with_the_provider_of_its_payments() {
    let (mut house, provider) = open("toss").await;
    let order = house.shop("cafe").customer("mina").orders(Basket::of("1", 1)).await;
    house.shop("cafe").payment_is(&order, "approved").await;
    assert!(house.stop().await.success());
    for other in [vec!["cafe"], vec!["cafe", "--config", &provider.configuration("stripe")]] {
        let (_, log) = journeys::Server::try_start(&house.data(), &other).await.unwrap_err();
        assert!(log.contains("were made at toss"), "{log}");
    }
    house.start().await;
    house.shop("cafe").payment_is(&order, "approved").await;
}
