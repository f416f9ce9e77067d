//! Idempotency keys: a command that is sent again is one command.

use futures::future::join_all;
use journeys::{Answer, Basket, House, Order, eventually, plain};

#[tokio::test]
async fn twenty_clicks_with_one_key_are_one_order_and_one_answer() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let basket = Basket::of("2", 1);
    // A client of its own for each click: twenty connections at once.
    let clicks = (0..20).map(|_| {
        let cafe = journeys::Shop::through(&house.server().public, "cafe");
        let basket = basket.clone();
        async move {
            let customer = cafe.customer("mina");
            // While the first is running, the others are told so, and repeat.
            eventually(
                "an answer",
                async || customer.asks_with_key("click", &basket).await,
                |answer| answer.status != 409,
            )
            .await
        }
    });
    let answers: Vec<Answer> = join_all(clicks).await;
    let first = answers[0].clone().is(201);
    for answer in answers {
        assert_eq!(answer.clone().is(201).bytes, first.bytes);
        assert_eq!(answer.header("etag"), first.header("etag"));
        assert_eq!(answer.header("location"), first.header("location"));
    }
    assert_eq!(cafe.get("/orders").await.items().len(), 1);
    assert_eq!(cafe.get("/payments").await.items().len(), 1);
    // Much later, when the order has gone on, the answer is still the first one.
    let order = Order::of(first.clone());
    let _cancelled = cafe.customer("mina").cancels(&order).await.is(200);
    cafe.shows(&order, "refunded").await;
    let again = cafe.customer("mina").asks_with_key("click", &basket).await;
    assert_eq!(again.is(201).bytes, first.bytes);
}

#[tokio::test]
async fn a_key_with_another_body_is_refused() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let mina = cafe.customer("mina");
    let _first = mina.asks_with_key("k", &Basket::of("1", 1)).await.is(201);
    let reused = mina.asks_with_key("k", &Basket::of("1", 2)).await;
    insta::assert_json_snapshot!("key_reused", plain(&reused.problem(422, "idempotency-key-reused")));
    assert_eq!(cafe.get("/orders").await.items().len(), 1);
}

#[tokio::test]
async fn the_same_key_of_somebody_else_is_another_order() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let basket = Basket::of("1", 1);
    let minas = Order::of(cafe.customer("mina").asks_with_key("k", &basket).await);
    let junos = Order::of(cafe.customer("juno").asks_with_key("k", &basket).await);
    assert_ne!(minas.id, junos.id);
}

#[tokio::test]
async fn a_refusal_of_business_is_answered_again_and_a_wrong_body_uses_no_key_up() {
    let house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let mina = cafe.customer("mina");
    let declined = mina.asks_with_key("poor", &Basket::of("1", 1).paid_with("tok_decline")).await.is(402);
    let again = mina.asks_with_key("poor", &Basket::of("1", 1).paid_with("tok_decline")).await.is(402);
    assert_eq!(again.bytes, declined.bytes);

    let wrong = mina.asks_with_key("typo", &Basket::of("1", 0)).await;
    wrong.problem(400, "invalid-field");
    let _right = mina.asks_with_key("typo", &Basket::of("1", 1)).await.is(201);
}

#[tokio::test]
async fn a_key_outlives_a_kill_of_the_program() {
    let mut house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let mina = cafe.customer("mina");
    let first = mina.asks_with_key("k", &Basket::of("1", 1)).await.is(201);
    house.kill().await;
    house.start().await;
    let again = mina.asks_with_key("k", &Basket::of("1", 1)).await.is(201);
    assert_eq!(again.bytes, first.bytes);
    assert_eq!(cafe.get("/orders").await.items().len(), 1);
}

#[tokio::test]
async fn stock_that_is_received_twice_with_one_key_came_once() {
    let house = House::open(&["kiosk"]).await;
    let kiosk = house.shop("kiosk");
    let receive = |quantity: u32| {
        let staff = kiosk.staff("kim");
        async move {
            let request = staff
                .request(reqwest::Method::POST, "/stock/cup/receipts")
                .header("Idempotency-Key", "truck-7");
            Answer::to(request.json(&serde_json::json!({ "quantity": quantity }))).await
        }
    };
    let first = receive(10).await.is(200);
    let again = receive(10).await.is(200);
    assert_eq!(again.bytes, first.bytes);
    receive(11).await.problem(422, "idempotency-key-reused");
    kiosk.has_left("cup", 10).await;
}
