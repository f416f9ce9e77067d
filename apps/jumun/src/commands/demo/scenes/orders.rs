use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::{ANOTHER_CUSTOMER, CUSTOMER, Tour, expect, follow, order, staff};

/// An order from placed to in the customer's hands.
pub(in super::super) async fn paid(tour: &mut Tour) -> Result<()> {
    tour.teller.scene("주문하고, 만들고, 받아 갑니다", "an order is paid, made and handed over").await;
    let shop = tour.paid.clone();
    let order = order(tour, &shop, CUSTOMER, 0, 2, "demo-paid").await?;
    follow(tour, &shop, &order, "ticket", "open").await?;
    for (step, state) in
        [("accept", "accepted"), ("start", "started"), ("complete", "prepared"), ("hand-over", "completed")]
    {
        staff(tour, &order, step).await?;
        follow(tour, &shop, &order, "state", state).await?;
    }
    Ok(())
}

/// A payment that the provider declines leaves nothing behind.
pub(in super::super) async fn declined(tour: &mut Tour) -> Result<()> {
    tour.teller.scene("결제가 거절됩니다", "a payment is declined, and nothing of the order stands").await;
    let shop = tour.paid.clone();
    let before = count(tour).await?;
    let item = shop.item(1)?;
    tour.teller.says(&format!("{ANOTHER_CUSTOMER} orders 1 x {} with a card that is declined", item.name));
    let mut wish = item.order(1);
    wish["payment_method"] = json!("tok_decline");
    let path = shop.path("/orders");
    let reply = tour.counter.post_with_key(ANOTHER_CUSTOMER, &path, "demo-declined", &wish).await?;
    tour.teller.answered(&reply);
    expect(reply, 402)?;
    let after = count(tour).await?;
    if after != before {
        bail!("a declined order is in the list: {before} before, {after} after");
    }
    tour.teller.says(&format!("the list of orders is as long as before: {after}"));
    Ok(())
}

/// Two requests with one key at the same time are one order.
pub(in super::super) async fn clicked_twice(tour: &mut Tour) -> Result<()> {
    tour.teller.scene("두 번 눌렀습니다", "a double click: two requests, one Idempotency-Key").await;
    let shop = tour.paid.clone();
    let before = count(tour).await?;
    let item = shop.item(4)?;
    tour.teller.says(&format!("{ANOTHER_CUSTOMER} clicks twice on 1 x {}", item.name));
    let (first, second) = tokio::try_join!(click(tour, item.order(1)), click(tour, item.order(1)))?;
    tour.teller.answered(&first);
    tour.teller.answered(&second);
    let after = count(tour).await?;
    if first.text != second.text || after != before + 1 {
        bail!("two clicks made {} orders", after - before);
    }
    tour.teller.says("both answers are equal, byte for byte, and there is one order more");
    follow(tour, &shop, &first.body, "ticket", "open").await
}

/// Clicks; while the other click is still running, again.
async fn click(tour: &Tour, wish: Value) -> Result<super::Reply> {
    loop {
        let path = tour.paid.path("/orders");
        let reply = tour.counter.post_with_key(ANOTHER_CUSTOMER, &path, "demo-click", &wish).await?;
        if reply.status != 409 {
            return expect(reply, 201);
        }
    }
}

async fn count(tour: &Tour) -> Result<usize> {
    let orders = tour.counter.read(&tour.paid.path("/orders?limit=200")).await?;
    Ok(orders["items"].as_array().map_or(0, Vec::len))
}
