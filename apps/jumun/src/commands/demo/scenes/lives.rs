use anyhow::Result;
use serde_json::{Value, json};

use super::{ANOTHER_CUSTOMER, CUSTOMER, STAFF, Tour, expect, follow, text};
use crate::commands::demo::corner::Corner;

/// Made and brought by hand: the cancel that comes on the way is the courier's to answer.
pub(in super::super) async fn brought(tour: &mut Tour) -> Result<()> {
    tour.teller.scene("배달합니다", "a courier brings it").await;
    let shop = tour.brought.clone();
    let order = order(tour, &shop, CUSTOMER, "demo-brought").await?;
    follow(tour, &shop, &order, "ticket", "accepted").await?;
    staff(tour, &shop, &order, "tickets", "start").await?;
    follow(tour, &shop, &order, "delivery", "requested").await?;
    staff(tour, &shop, &order, "deliveries", "start").await?;
    follow(tour, &shop, &order, "state", "delivery-started").await?;
    staff(tour, &shop, &order, "deliveries", "complete").await?;
    follow(tour, &shop, &order, "state", "completed").await
}

/// The order stands at once, and goes on when the customer has approved its payment.
pub(in super::super) async fn approved(tour: &mut Tour) -> Result<()> {
    tour.teller
        .scene("고객이 결제를 승인합니다", "the customer approves the payment, a step of its own")
        .await;
    let shop = tour.approved.clone();
    let order = order(tour, &shop, CUSTOMER, "demo-approved").await?;
    follow(tour, &shop, &order, "payment", "waiting-for-approval").await?;
    tour.teller.says(&format!("{CUSTOMER} approves the payment of order {}", order["number"]));
    let approve = shop.path(&format!("/orders/{}/payment/approve", text(&order["id"])));
    expect(tour.counter.post(CUSTOMER, &approve, &json!({})).await?, 202)?;
    follow(tour, &shop, &order, "ticket", "open").await?;
    staff(tour, &shop, &order, "tickets", "accept").await?;
    follow(tour, &shop, &order, "state", "delivery-started").await
}

/// Paid from what was paid in before, or not at all; a cancel brings it back.
pub(in super::super) async fn from_deposit(tour: &mut Tour) -> Result<()> {
    tour.teller.scene("예치금으로 결제합니다", "paid from a deposit: all of it or nothing").await;
    let shop = tour.from_deposit.clone();
    let item = shop.item(0)?;
    tour.teller.says(&format!("{ANOTHER_CUSTOMER} has paid nothing in, and orders 1 x {}", item.name));
    let wish = item.order(1);
    let poor =
        tour.counter.post_with_key(ANOTHER_CUSTOMER, &shop.path("/orders"), "demo-poor", &wish).await?;
    tour.teller.answered(&poor);
    expect(poor, 402)?;
    let nobody = "anonymous";
    let order = order(tour, &shop, nobody, "demo-walk-in").await?;
    follow(tour, &shop, &order, "state", "delivery-started").await?;
    tour.teller.says(&format!("{STAFF} cancels order {}, already on its way", order["number"]));
    let cancel = shop.path(&format!("/orders/{}/cancel", text(&order["id"])));
    expect(tour.counter.post(STAFF, &cancel, &json!({ "reason": "plans changed" })).await?, 200)?;
    follow(tour, &shop, &order, "state", "refunded").await
}

/// Orders something that is brought.
async fn order(tour: &Tour, shop: &Corner, who: &str, key: &str) -> Result<Value> {
    let item = shop.item(0)?;
    tour.teller.says(&format!("{who} orders 1 x {} at {}", item.name, shop.name));
    let mut wish = item.order(1);
    for (field, value) in [("name", "미나"), ("phone", "010-0000-0000"), ("address", "서울시 강남구 1")]
    {
        wish[field] = json!(value);
    }
    let reply = tour.counter.post_with_key(who, &shop.path("/orders"), key, &wish).await?;
    tour.teller.answered(&reply);
    Ok(expect(reply, 201)?.body)
}

/// Staff move the order's ticket, or its delivery.
async fn staff(tour: &Tour, shop: &Corner, order: &Value, of: &str, step: &str) -> Result<()> {
    let path = shop.path(&format!("/{of}/{}/{step}", text(&order["id"])));
    expect(tour.counter.post(STAFF, &path, &json!({})).await?, 200)?;
    Ok(())
}
