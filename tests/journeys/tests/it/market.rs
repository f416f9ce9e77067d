//! The market: orders are paid from deposits, all of it or nothing.

use journeys::{Answer, Basket, House, Shop, house_shop};
use reqwest::Method;
use serde_json::{Value, json};

async fn open() -> House {
    House::open(&[&house_shop("market")]).await
}

async fn pays_in(market: &Shop, customer: &str, won: i64, key: &str) -> Answer {
    let body = json!({ "amount": { "amount": won, "currency": "KRW" }, "reference": "receipt-17" });
    let staff = market.staff("kim");
    let path = format!("/deposits/{customer}/top-ups");
    Answer::to(staff.request(Method::POST, &path).header("Idempotency-Key", key).json(&body)).await
}

async fn balance(market: &Shop, account: &str) -> Value {
    market.staff("kim").reads(&format!("/deposits/{account}")).await.is(200).json()["balance"]["amount"]
        .clone()
}

#[tokio::test]
async fn who_says_no_name_pays_from_the_walk_in_account_and_the_order_is_on_its_way() {
    let house = open().await;
    let market = house.shop("market");

    let order = market.somebody().orders(Basket::of("10", 5)).await;

    assert_eq!(order.view["total"]["amount"], 5_000);
    market.payment_is(&order, "approved").await;
    assert_eq!(balance(&market, "walk-in").await, 1_000_000_000_000_i64 - 5_000);
    market.shows(&order, "delivery-started").await;
}

#[tokio::test]
async fn a_deposit_that_does_not_cover_the_order_refuses_it_and_nothing_stands() {
    let house = open().await;
    let market = house.shop("market");
    let customer = market.customer("77");

    customer.asks_for(&Basket::of("10", 5)).await.problem(402, "payment-declined");
    let _paid_in = pays_in(&market, "77", 4_999, "a").await.is(201);
    customer.asks_for(&Basket::of("10", 5)).await.problem(402, "payment-declined");

    for list in ["/orders", "/payments", "/tickets", "/stories"] {
        assert_eq!(market.get(list).await.is(200).items().len(), 0, "{list}");
    }
    assert_eq!(balance(&market, "77").await, 4_999);
    let _paid_in = pays_in(&market, "77", 1, "b").await.is(201);
    customer.orders(Basket::of("10", 5)).await;
    assert_eq!(balance(&market, "77").await, 0);
}

#[tokio::test]
async fn a_cancelled_order_brings_its_money_back_and_the_statement_tells_it() {
    let house = open().await;
    let market = house.shop("market");
    let customer = market.customer("77");
    let _paid_in = pays_in(&market, "77", 20_000, "a").await.is(201);
    let _again = pays_in(&market, "77", 20_000, "a").await.is(201);
    let order = customer.orders(Basket::of("10", 5)).await;
    market.shows(&order, "delivery-started").await;

    let _cancelled = customer.cancels(&order).await;
    market.shows(&order, "refunded").await;

    assert_eq!(market.payment_is(&order, "refunded").await["refunded"]["amount"], 5_000);
    assert_eq!(balance(&market, "77").await, 20_000);
    let first = customer.reads("/deposits/77/statement?limit=3").await.is(200).json();
    let next = format!("/deposits/77/statement?limit=3&cursor={}", first["next"].as_str().unwrap());
    let second = customer.reads(&next).await.is(200).json();
    let lines: Vec<(Value, Value)> = [first, second]
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap().clone())
        .map(|line| (line["reason"].clone(), line["balance"]["amount"].clone()))
        .collect();
    // What an order is paid with is held first: both in one moment here, and both are told.
    let told =
        [("opened", 0), ("topped-up", 20_000), ("held", 20_000), ("captured", 15_000), ("refunded", 20_000)];
    assert_eq!(lines, told.map(|(reason, left)| (json!(reason), json!(left))));
}

#[tokio::test]
async fn deposits_belong_to_their_customers_and_money_is_taken_in_by_staff_only() {
    let house = open().await;
    let market = house.shop("market");
    let _paid_in = pays_in(&market, "77", 20_000, "a").await.is(201);

    market.customer("78").reads("/deposits/77").await.problem(404, "not-found");
    market.customer("78").reads("/deposits/77/statement").await.problem(404, "not-found");
    assert_eq!(market.customer("77").reads("/deposits").await.items().len(), 1);
    let body = json!({ "amount": { "amount": 5, "currency": "KRW" } });
    let own = market.customer("77").request(Method::POST, "/deposits/77/top-ups");
    Answer::to(own.header("Idempotency-Key", "b").json(&body)).await.problem(403, "forbidden");
    let by_card = Basket::of("10", 1).paid_with("tok_approve");
    market.customer("77").asks_for(&by_card).await.problem(400, "invalid-field");
}
