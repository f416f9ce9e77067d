//! The provider's book and ours: what differs is found by hand, and settled by the program itself.

use std::fs::OpenOptions;
use std::io::Write;

use journeys::{Answer, Basket, House, eventually, house_shop, run};
use reqwest::Method;
use serde_json::json;

fn data(house: &House) -> String {
    house.data().display().to_string()
}

#[tokio::test]
async fn money_that_was_captured_twice_is_found_and_goes_back_by_itself() {
    let mut house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let order = cafe.customer("mina").orders(Basket::of("1", 2)).await;
    cafe.payment_is(&order, "approved").await;
    assert!(house.stop().await.success());
    assert!(run(["reconcile", "--data", &data(&house)]).status.success());

    let twice = json!({ "captured": {
        "key": format!("{}/1", order.id),
        "amount": { "amount": 9_000, "currency": "KRW" },
        "number": 2,
    }});
    let book = house.data().join("payment").join("sandbox-book");
    writeln!(OpenOptions::new().append(true).open(book).unwrap(), "{twice}").unwrap();
    // The books are compared once their clocks cannot disagree any longer.
    let found = eventually(
        "the second capture is found",
        async || run(["reconcile", "--data", &data(&house)]),
        |found| !found.status.success(),
    );
    let told = String::from_utf8(found.await.stdout).unwrap();
    assert!(told.contains("double-capture") && told.contains(&order.id), "{told}");

    house.start().await;
    eventually(
        "the books agree again",
        async || run(["reconcile", "--data", &data(&house)]),
        |settled| settled.status.success(),
    )
    .await;
    assert!(run(["verify", "--data", &data(&house)]).status.success());
    assert_eq!(cafe.payment_is(&order, "approved").await["refunded"]["amount"], 0);
}

#[tokio::test]
async fn a_large_refund_after_completion_needs_a_second_person() {
    let house = House::open(&[&house_shop("market")]).await;
    let market = house.shop("market");
    let order = market.somebody().orders(Basket::of("1", 5)).await;
    market.payment_is(&order, "approved").await;
    let payment = format!("/orders/{}/payment", order.id);
    let wish = |won: i64| json!({ "amount": { "amount": won, "currency": "KRW" }, "reason": "it broke" });
    let confirm = format!("{payment}/refund-proposals/1/confirm");
    let (kim, lee) = (market.staff("kim"), market.staff("lee"));

    let _small = kim.posts(&format!("{payment}/refunds"), wish(40_000)).await.is(202);
    let large = kim.posts(&format!("{payment}/refunds"), wish(100_000)).await.is(202).json();
    assert_eq!(
        (&large["refunded"]["amount"], &large["proposals"][0]["proposed_by"]),
        (&json!(40_000), &json!("staff:kim"))
    );
    kim.posts(&confirm, json!({})).await.problem(403, "forbidden");
    let customer = market.customer("1").request(Method::POST, &confirm).json(&json!({}));
    Answer::to(customer).await.problem(403, "forbidden");

    let given = lee.posts(&confirm, json!({})).await.is(202).json();

    assert_eq!((&given["refunded"]["amount"], &given["state"]), (&json!(140_000), &json!("refunded")));
    lee.posts(&confirm, json!({})).await.problem(409, "command-forbidden-by-state");
    kim.posts(&format!("{payment}/refunds"), wish(1)).await.problem(409, "command-forbidden-by-state");
    let verified = run(["verify", "--data", &data(&house)]);
    assert!(verified.status.success(), "{verified:?}");
}
