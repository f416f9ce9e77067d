//! The unmanned kiosk: no payment, no staff; every drink takes a cup, and cups are stock.

use journeys::{Basket, House, eventually};

#[tokio::test]
async fn more_cups_than_there_are_cancels_the_order_and_takes_none() {
    let house = House::open(&["kiosk"]).await;
    let kiosk = house.shop("kiosk");
    assert_eq!(kiosk.staff("kim").receives("cup", 10).await["available"], 10);
    assert_eq!(kiosk.get("/stock").await.is(200).items().len(), 1);

    let too_many = kiosk.customer("1").orders(Basket::of("americano", 11)).await;
    assert_eq!(too_many.view["state"], "placed");
    assert_eq!(kiosk.shows(&too_many, "cancelled").await["cancel_reason"], "out-of-stock");
    kiosk.has_left("cup", 10).await;

    let enough = kiosk.customer("2").orders(Basket::of("icetea", 1)).await;
    assert_eq!(enough.view["state"], "placed");
    kiosk.shows(&enough, "completed").await;
    kiosk.tells(&enough, "completed").await;
    let cups = kiosk.becomes("/stock/cup", "consumed", 1).await;
    assert_eq!((&cups["available"], &cups["reserved"]), (&9.into(), &0.into()));
    kiosk.ticket_is(&enough, "finished").await;
    kiosk.get(&format!("/tickets/{}", too_many.id)).await.problem(404, "not-found");
    kiosk.get(&format!("/orders/{}/payment", enough.id)).await.problem(404, "not-found");
}

#[tokio::test]
async fn an_order_before_any_stock_exists_is_cancelled() {
    let house = House::open(&["kiosk"]).await;
    let kiosk = house.shop("kiosk");
    let order = kiosk.customer("1").orders(Basket::of("latte", 1)).await;
    assert_eq!(kiosk.shows(&order, "cancelled").await["cancel_reason"], "out-of-stock");
    assert_eq!(kiosk.tells(&order, "cancelled").await["cancel_reason"], "out-of-stock");
    kiosk.get("/stock/cup").await.problem(404, "not-found");
}

#[tokio::test]
async fn many_who_want_the_last_cups_share_them_and_no_cup_is_taken_twice() {
    let house = House::open(&["kiosk"]).await;
    let kiosk = house.shop("kiosk");
    kiosk.staff("kim").receives("cup", 7).await;
    let customers: Vec<_> = (0..20).map(|number| kiosk.customer(&format!("c{number}"))).collect();
    let orders =
        futures::future::join_all(customers.iter().map(|customer| customer.orders(Basket::of("mocha", 1))))
            .await;
    let ended = |state: &'static str| {
        let kiosk = kiosk.clone();
        async move { kiosk.get(&format!("/orders?state={state}&limit=100")).await.is(200).items().len() }
    };
    eventually(
        "every order to its end",
        async || ended("completed").await + ended("cancelled").await,
        |ended| *ended == orders.len(),
    )
    .await;
    assert_eq!(ended("completed").await, 7);
    let cups = kiosk.becomes("/stock/cup", "consumed", 7).await;
    assert_eq!((&cups["available"], &cups["reserved"]), (&0.into(), &0.into()));
}

#[tokio::test]
async fn stock_is_set_right_with_a_reason_and_never_below_what_is_there() {
    let house = House::open(&["kiosk"]).await;
    let kiosk = house.shop("kiosk");
    let staff = kiosk.staff("kim");
    staff.receives("cup", 5).await;
    assert_eq!(staff.receives("cup", 5).await["available"], 10);
    let adjust = |difference: i64| serde_json::json!({ "difference": difference, "reason": "counted" });
    let set_right = staff.posts("/stock/cup/adjustments", adjust(-3)).await.is(200).json();
    assert_eq!(set_right["available"], 7);
    let refused = staff.posts("/stock/cup/adjustments", adjust(-8)).await.is(409).any_problem();
    insta::assert_json_snapshot!("adjusted_below_nothing", refused);
    let unreasoned = staff.posts("/stock/cup/adjustments", serde_json::json!({ "difference": 1 })).await;
    assert_eq!(unreasoned.problem(400, "invalid-field")["errors"][0]["field"], "reason");
    kiosk.has_left("cup", 7).await;
}
