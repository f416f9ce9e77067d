//! Payment that is slow, failing or hung: orders are refused in time, nothing stands, and it heals
//! by itself. The switch stands at the listener of operators.

use std::time::Duration;

use journeys::{Answer, Basket, House, Shop, eventually, shop_file};
use tokio::time::Instant;

/// The cafe's timeout, and what the answer may take beyond it; the rest is for a busy machine.
const BOUND: Duration = Duration::from_millis(1_200 + 1_000);

async fn nothing_stands(shop: &Shop) {
    for list in ["/orders", "/tickets", "/stories"] {
        assert_eq!(shop.get(list).await.is(200).items().len(), 0, "{list}");
    }
}

fn says_when_to_try_again(answer: &Answer) -> bool {
    answer
        .header("retry-after")
        .and_then(|seconds| seconds.parse::<u32>().ok())
        .is_some_and(|seconds| seconds >= 1)
}

#[tokio::test]
async fn payment_that_fails_refuses_orders_and_heals_by_itself() {
    let house = House::open(&["cafe"]).await;
    let (cafe, operators) = (house.shop("cafe"), house.operators());
    assert_eq!(operators.get("/switches/payment").await.is(200).json()["door"], "normal");
    operators.payment_is("failing").await;
    let refused = cafe.customer("mina").asks_with_key("k", &Basket::of("1", 1)).await;
    assert!(says_when_to_try_again(&refused), "{refused:?}");
    assert_eq!(refused.status, 503);
    nothing_stands(&cafe).await;

    operators.payment_is("normal").await;
    // The same key again: one order, paid once.
    let healed = eventually(
        "an order after payment healed",
        async || cafe.customer("mina").asks_with_key("k", &Basket::of("1", 1)).await,
        |answer| answer.status != 503 && answer.status != 409,
    );
    let _taken = healed.await.is(201);
    assert_eq!(cafe.get("/orders").await.items().len(), 1);
    assert_eq!(cafe.get("/payments?state=approved").await.items().len(), 1);
}

#[tokio::test]
async fn payment_that_hangs_is_given_up_in_time_and_the_breaker_opens() {
    let house = House::open(&["cafe"]).await;
    let (cafe, operators) = (house.shop("cafe"), house.operators());
    operators.payment_is("hung").await;
    // Enough at once for the breaker (twenty calls, half of them failing).
    let asked = (0..25).map(|number| {
        let cafe = cafe.clone();
        async move {
            let started = Instant::now();
            let answer = cafe.customer(&format!("c{number}")).asks_for(&Basket::of("1", 1)).await;
            (answer, started.elapsed())
        }
    });
    for (answer, took) in futures::future::join_all(asked).await {
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(says_when_to_try_again(&answer), "{answer:?}");
        assert!(took < BOUND, "{took:?}");
    }
    nothing_stands(&cafe).await;
    // Open: refused at once, without waiting for payment.
    let started = Instant::now();
    let refused = cafe.customer("mina").asks_for(&Basket::of("1", 1)).await;
    refused.problem(503, "payment-unavailable");
    assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());

    operators.payment_is("normal").await;
    let healed = eventually(
        "an order after the breaker closed",
        async || cafe.customer("mina").asks_for(&Basket::of("1", 1)).await,
        |answer| answer.status == 201,
    );
    healed.await;
    // Nobody was charged for an order that does not stand.
    eventually(
        "only what stands is paid",
        async || cafe.get("/payments?state=approved").await.items().len(),
        |paid| *paid == 1,
    )
    .await;
}

#[tokio::test]
async fn an_order_whose_payment_came_too_late_is_answered_once_and_paid_once() {
    let house = House::open(&["cafe"]).await;
    let (cafe, operators) = (house.shop("cafe"), house.operators());
    operators.payment_is_slow(1_500).await;
    let basket = Basket::of("1", 2);
    let first = cafe.customer("mina").asks_with_key("k", &basket).await;
    assert_eq!(first.status, 503, "{first:?}");
    operators.payment_is("normal").await;
    let answer = eventually(
        "an answer that is known",
        async || cafe.customer("mina").asks_with_key("k", &basket).await,
        |answer| answer.status != 503 && answer.status != 409,
    );
    let _taken = answer.await.is(201);
    assert_eq!(cafe.get("/orders").await.items().len(), 1);
    let approved = cafe.get("/payments?state=approved").await.items();
    assert_eq!(approved.len(), 1);
}

#[tokio::test]
async fn payment_that_is_slow_but_in_time_pays() {
    let house = House::open(&["cafe"]).await;
    let (cafe, operators) = (house.shop("cafe"), house.operators());
    operators.payment_is_slow(200).await;
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    cafe.payment_is(&order, "approved").await;
}

#[tokio::test]
async fn a_shop_that_defers_takes_the_order_and_asks_for_the_money_again() {
    let house = House::open(&[&shop_file("diner")]).await;
    let (diner, operators) = (house.shop("diner"), house.operators());
    operators.payment_is("hung").await;
    let order = diner.customer("mina").orders(Basket::of("kimbap", 2)).await;
    assert_eq!(order.view["state"], "placed");
    diner.get(&format!("/tickets/{}", order.id)).await.problem(404, "not-found");
    operators.payment_is("normal").await;
    diner.shows(&order, "confirmed").await;
    diner.ticket_is(&order, "open").await;
    assert_eq!(diner.payment_is(&order, "approved").await["amount"]["amount"], 7_000);
}

#[tokio::test]
async fn the_rest_of_the_shop_goes_on_while_payment_hangs() {
    let house = House::open(&["cafe", "kiosk"]).await;
    let (cafe, kiosk) = (house.shop("cafe"), house.shop("kiosk"));
    let order = cafe.customer("mina").orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;
    house.operators().payment_is("hung").await;
    let _accepted = cafe.staff("kim").accepts(&order).await.is(200);
    cafe.shows(&order, "accepted").await;
    kiosk.staff("lee").receives("cup", 1).await;
    let drink = kiosk.customer("1").orders(Basket::of("latte", 1)).await;
    kiosk.shows(&drink, "completed").await;
}
