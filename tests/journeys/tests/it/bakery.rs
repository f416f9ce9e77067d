//! A shop that takes money and holds stock: stock is reserved before the money moves.

use journeys::{Basket, House, plain, shop_file};

#[tokio::test]
async fn what_is_short_is_refused_and_nothing_is_charged() {
    let house = House::open(&[&shop_file("bakery")]).await;
    let bakery = house.shop("bakery");
    bakery.staff("lee").receives("loaf", 2).await;
    let refused = bakery.customer("mina").asks_for(&Basket::of("bread", 3)).await;
    insta::assert_json_snapshot!("out_of_stock", plain(&refused.problem(409, "out-of-stock")));
    // What is enough goes through afterwards, and shows that the lists have caught up.
    let order = bakery.customer("mina").orders(Basket::of("bread", 2)).await;
    assert_eq!(order.view["total"]["amount"], 8_000);
    bakery.tells(&order, "accepted").await;
    assert_eq!(bakery.get("/orders").await.items().len(), 1);
    assert_eq!(bakery.get("/payments").await.items().len(), 1);
    let loaves = bakery.has_left("loaf", 0).await;
    assert_eq!(loaves["reserved"], 2);
}

#[tokio::test]
async fn a_declined_order_gives_its_stock_back() {
    let house = House::open(&[&shop_file("bakery")]).await;
    let bakery = house.shop("bakery");
    bakery.staff("lee").receives("loaf", 2).await;
    let poor = Basket::of("bread", 2).paid_with("tok_insufficient_funds");
    bakery.customer("mina").asks_for(&poor).await.problem(402, "payment-declined");
    let loaves = bakery.has_left("loaf", 2).await;
    assert_eq!((&loaves["reserved"], &loaves["consumed"]), (&0.into(), &0.into()));
}

#[tokio::test]
async fn all_lines_are_held_or_none() {
    let house = House::open(&[&shop_file("bakery")]).await;
    let bakery = house.shop("bakery");
    let staff = bakery.staff("lee");
    staff.receives("loaf", 5).await;
    staff.receives("bun", 6).await;
    let wished = Basket::of("bread", 1).and("bun-box", 2);
    bakery.customer("mina").asks_for(&wished).await.problem(409, "out-of-stock");
    bakery.has_left("loaf", 5).await;
    bakery.has_left("bun", 6).await;
    // The paper bag is counted too.
    let bagged = Basket::of("bread", 1).with("bag", "paper");
    bakery.customer("mina").asks_for(&bagged).await.problem(409, "out-of-stock");
    staff.receives("bag", 1).await;
    let order = bakery.customer("mina").orders(bagged).await;
    assert_eq!(order.view["total"]["amount"], 4_100);
    bakery.has_left("bag", 0).await;
}

#[tokio::test]
async fn a_cancelled_order_gives_money_and_stock_back_and_a_made_one_consumes_it() {
    let house = House::open(&[&shop_file("bakery")]).await;
    let bakery = house.shop("bakery");
    let staff = bakery.staff("lee");
    staff.receives("loaf", 4).await;
    let customer = bakery.customer("mina");
    let (kept, dropped) =
        (customer.orders(Basket::of("bread", 1)).await, customer.orders(Basket::of("bread", 3)).await);
    let _cancelled = customer.cancels(&dropped).await.is(200);
    bakery.shows(&dropped, "refunded").await;
    bakery.has_left("loaf", 3).await;
    bakery.ticket_is(&kept, "accepted").await;
    let _started = staff.starts(&kept).await.is(200);
    let _made = staff.completes(&kept).await.is(200);
    let _given = staff.hands_over(&kept).await.is(200);
    bakery.shows(&kept, "completed").await;
    let loaves = bakery.becomes("/stock/loaf", "consumed", 1).await;
    assert_eq!((&loaves["available"], &loaves["reserved"]), (&3.into(), &0.into()));
}
