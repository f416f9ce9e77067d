//! Money that goes back: proposals that come to nothing, and what the provider will not give.

use journeys::{Basket, House, eventually, house_shop, run};
use reqwest::Method;
use serde_json::json;

fn data(house: &House) -> String {
    house.data().display().to_string()
}

#[tokio::test]
async fn a_proposed_refund_is_taken_back_by_who_proposed_it_or_by_a_manager() {
    let house = House::open(&[&house_shop("market")]).await;
    let market = house.shop("market");
    let order = market.somebody().orders(Basket::of("1", 5)).await;
    market.payment_is(&order, "approved").await;
    let payment = format!("/orders/{}/payment", order.id);
    let wish = json!({ "amount": { "amount": 120_000, "currency": "KRW" }, "reason": "it broke" });
    let withdraw = |proposal: u32| format!("{payment}/refund-proposals/{proposal}/withdraw");
    let (kim, choi, lee) = (market.staff("kim"), market.staff("choi"), market.manager("lee"));

    for _ in 0..2 {
        let _proposed = kim.posts(&format!("{payment}/refunds"), wish.clone()).await.is(202);
    }
    choi.posts(&withdraw(1), json!({})).await.problem(403, "forbidden");
    let one_left = kim.posts(&withdraw(1), json!({})).await.is(200).json();
    assert_eq!(one_left["proposals"].as_array().unwrap().len(), 1);
    assert!(one_left["proposals"][0]["expires_at"].is_u64(), "{one_left}");
    let none_left = lee.posts(&withdraw(2), json!({})).await.is(200).json();

    assert_eq!((&none_left["state"], none_left.get("proposals")), (&json!("approved"), None));
    kim.posts(&withdraw(2), json!({})).await.problem(409, "command-forbidden-by-state");
    lee.posts(&format!("{payment}/refund-proposals/1/confirm"), json!({}))
        .await
        .problem(409, "command-forbidden-by-state");
}

#[tokio::test]
async fn what_the_provider_will_not_give_back_is_told_to_operators_and_settled_by_hand() {
    let mut house = House::open(&["cafe"]).await;
    let cafe = house.shop("cafe");
    let order = cafe.customer("mina").orders(Basket::of("1", 2)).await;
    cafe.payment_is(&order, "approved").await;
    assert!(house.stop().await.success());
    // The provider forgets all of it: the capture is written off.
    std::fs::write(house.data().join("payment").join("sandbox-book"), "").unwrap();
    eventually(
        "the capture is found to be unknown there",
        async || run(["reconcile", "--data", &data(&house)]),
        |books| !books.status.success(),
    )
    .await;
    house.start().await;
    eventually(
        "the capture is written off",
        async || run(["reconcile", "--data", &data(&house)]),
        |books| books.status.success(),
    )
    .await;

    let _cancelled = cafe.customer("mina").cancels(&order).await;
    let told = eventually(
        "the refund is listed as impossible",
        async || run(["stuck", "--data", &data(&house)]),
        |stuck| !stuck.status.success(),
    )
    .await;
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains(&order.id) && told.contains("refund-impossible"), "{told}");
    assert!(told.contains("must go back by hand, then settle refund 1"), "{told}");
    assert!(run(["verify", "--data", &data(&house)]).status.success());

    let settle = format!("/orders/{}/payment/refunds/1/settle", order.id);
    let how = json!({ "how": "in cash, receipt 17" });
    cafe.staff("kim").posts(&settle, how.clone()).await.problem(403, "forbidden");
    cafe.manager("lee").posts(&settle, json!({ "how": "" })).await.problem(400, "invalid-field");
    let settled = cafe.manager("lee").posts(&settle, how).await.is(200).json();
    assert_eq!(settled["refunds"][0]["by_hand"], "in cash, receipt 17");
    cafe.shows(&order, "refunded").await;
    let other = cafe.manager("lee").request(Method::POST, &settle).json(&json!({ "how": "again" }));
    let _again = journeys::Answer::to(other).await.is(200);
    for command in ["stuck", "reconcile", "verify"] {
        let output = run([command, "--data", &data(&house)]);
        assert!(output.status.success(), "{command}: {output:?}");
    }
}
