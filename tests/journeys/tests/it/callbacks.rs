//! The provider calls back: its word is taken once, anybody else's is not.

use journeys::{Answer, Basket, House, run};
use notification_contract::WebhookSecret;
use notification_service::channels::{new_secret, sign};
use serde_json::{Value, json};

/// What the provider signs with, in this house.
fn secret(house: &House) -> WebhookSecret {
    let bytes = std::fs::read(house.data().join("secrets").join("payment-callbacks")).unwrap();
    new_secret(&bytes.try_into().unwrap())
}

/// The provider calls back, some seconds after it was asked.
async fn calls_back(house: &House, secret: &WebhookSecret, at: i64, callback: &Value) -> Answer {
    let body = callback.to_string();
    let signature = sign(secret, "evt_1", at, body.as_bytes()).unwrap();
    let request = reqwest::Client::new()
        .post(house.url("/v1/payments/callbacks/sandbox"))
        .header("content-type", "application/json")
        .header("webhook-id", "evt_1")
        .header("webhook-timestamp", at)
        .header("webhook-signature", signature)
        .body(body);
    Answer::to(request).await
}

#[tokio::test]
async fn an_order_stands_by_the_providers_callback_whenever_it_comes_and_however_often() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    for token in ["tok_callback_first", "tok_callback_twice", "tok_callback_only"] {
        let order = cafe.customer("mina").orders(Basket::of("1", 1).paid_with(token)).await;
        cafe.payment_is(&order, "approved").await;
    }
    assert!(run(["verify", "--data", &house.data().display().to_string()]).status.success());
}

#[tokio::test]
async fn a_decline_and_a_refund_are_told_by_callbacks_too() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let mina = cafe.customer("mina");

    let declined = Basket::of("1", 1).paid_with("tok_decline_callback_only");
    mina.asks_for(&declined).await.problem(402, "payment-declined");
    assert_eq!(cafe.get("/orders").await.items().len(), 0);
    for token in ["tok_callback_first", "tok_callback_twice", "tok_callback_only"] {
        let order = mina.orders(Basket::of("1", 1).paid_with(token)).await;
        let _cancelled = mina.cancels(&order).await.is(200);
        cafe.shows(&order, "refunded").await;
        let payment = cafe.payment_is(&order, "refunded").await;
        // Late, twice and the other way round: what is over stays as it is.
        let at = payment["requested_at"].as_i64().unwrap() / 1_000;
        let amount = json!({ "amount": 4_500, "currency": "KRW" });
        let approved = json!({ "approved": { "code": payment["approval_code"] } });
        let (charge, refund) = (format!("{}/1", order.id), format!("{}/1/refund/1", order.id));
        let refunded = json!({ "refunded": {} });
        for (key, outcome) in [(&refund, &refunded), (&charge, &approved)].repeat(2) {
            let told = json!({ "order": order.id, "key": key, "amount": amount, "outcome": outcome });
            let _taken = calls_back(&house, &secret(&house), at, &told).await.is(204);
        }
        assert_eq!(cafe.payment_is(&order, "refunded").await, payment);
    }
    for command in ["verify", "reconcile"] {
        assert!(run([command, "--data", &house.data().display().to_string()]).status.success(), "{command}");
    }
}

#[tokio::test]
async fn a_callback_that_is_forged_or_does_not_fit_changes_no_payment() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let order = cafe.customer("mina").orders(Basket::of("1", 2)).await;
    let payment = cafe.payment_is(&order, "approved").await;
    let at = payment["requested_at"].as_i64().unwrap() / 1_000;
    let says = |key: &str, won: i64| {
        json!({
            "order": order.id,
            "key": key,
            "amount": { "amount": won, "currency": "KRW" },
            "outcome": { "approved": { "code": payment["approval_code"] } },
        })
    };
    let (key, other_key) = (format!("{}/1", order.id), format!("{}/2", order.id));
    let (right, wrong) = (secret(&house), new_secret(&[7; 32]));

    calls_back(&house, &wrong, at, &says(&key, 9_000)).await.problem(401, "unauthenticated");
    calls_back(&house, &right, at - 400, &says(&key, 9_000)).await.problem(401, "unauthenticated");
    calls_back(&house, &right, at, &says(&key, 9_001)).await.problem(409, "command-forbidden-by-state");
    calls_back(&house, &right, at, &says(&other_key, 9_000)).await.problem(409, "command-forbidden-by-state");
    calls_back(&house, &right, at, &json!({ "order": order.id })).await.any_problem();
    for _ in 0..2 {
        let _taken = calls_back(&house, &right, at, &says(&key, 9_000)).await.is(204);
    }

    assert_eq!(cafe.payment_is(&order, "approved").await, payment);
    for command in ["verify", "reconcile"] {
        assert!(run([command, "--data", &house.data().display().to_string()]).status.success(), "{command}");
    }
}
