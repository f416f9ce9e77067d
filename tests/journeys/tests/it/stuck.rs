//! Orders that nobody looks after stand out, and no others.

use journeys::{Basket, House, eventually, run, shop_file};

/// What `jumun stuck` says, and whether it found nothing.
fn stuck(house: &House) -> (bool, String) {
    let output = run(["stuck", "--data", house.data().to_str().unwrap()]);
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test]
async fn an_order_that_nobody_takes_on_stands_out_until_somebody_does() {
    let house = House::open(&[&shop_file("hasty")]).await;
    let shop = house.shop("hasty");
    assert_eq!(stuck(&house), (true, "no order stands still\n".to_owned()));
    let order = shop.customer("mina").orders(Basket::of("juice", 1)).await;

    let (_, told) = eventually("an order that stands still", async || stuck(&house), |found| !found.0).await;
    assert!(told.contains(&order.id) && told.contains("confirmed"), "{told}");
    assert!(told.contains("waits for the shop's staff since") && told.contains("bound 1s"), "{told}");
    assert!(told.ends_with("1 order stands still\n"), "{told}");
    let metrics = house.operators().get("/metrics").await.is(200).text();
    assert!(metrics.contains("jumun_orders_stuck{shop=\"hasty\"} 1"), "{metrics}");

    let _taken_on = shop.staff("kim").accepts(&order).await.is(200);
    let (_, told) = eventually("an order that goes on", async || stuck(&house), |found| found.0).await;
    assert_eq!(told, "no order stands still\n");
    let metrics = house.operators().get("/metrics").await.is(200).text();
    assert!(metrics.contains("jumun_orders_stuck{shop=\"hasty\"} 0"), "{metrics}");
}
