use anyhow::Result;
use serde_json::{Value, json};

use super::{CUSTOMER, Reply, Tour, expect, follow, order, staff, text};

/// A cancel before making starts wins, and the money goes back.
pub(in super::super) async fn wins(tour: &mut Tour) -> Result<()> {
    tour.teller.scene("만들기 전에 취소합니다", "a cancel that wins: the money goes back").await;
    let shop = tour.paid.clone();
    let order = order(tour, &shop, CUSTOMER, 2, 1, "demo-cancelled").await?;
    follow(tour, &shop, &order, "ticket", "open").await?;
    staff(tour, &order, "accept").await?;
    follow(tour, &shop, &order, "state", "accepted").await?;
    expect(cancel(tour, &order).await?, 200)?;
    follow(tour, &shop, &order, "state", "refunded").await
}

/// A cancel after making has started loses, and the order goes on.
pub(in super::super) async fn too_late(tour: &mut Tour) -> Result<()> {
    tour.teller.scene("취소하기엔 늦었습니다", "a cancel that comes too late: making goes on").await;
    let shop = tour.paid.clone();
    let order = order(tour, &shop, CUSTOMER, 3, 1, "demo-too-late").await?;
    follow(tour, &shop, &order, "ticket", "open").await?;
    staff(tour, &order, "accept").await?;
    staff(tour, &order, "start").await?;
    follow(tour, &shop, &order, "state", "started").await?;
    let refused = cancel(tour, &order).await?;
    tour.teller.answered(&refused);
    expect(refused, 409)?;
    staff(tour, &order, "complete").await?;
    staff(tour, &order, "hand-over").await?;
    follow(tour, &shop, &order, "state", "completed").await
}

async fn cancel(tour: &Tour, order: &Value) -> Result<Reply> {
    tour.teller.says(&format!("{CUSTOMER} cancels order {}", order["number"]));
    let path = tour.paid.path(&format!("/orders/{}/cancel", text(&order["id"])));
    tour.counter.post(CUSTOMER, &path, &json!({ "reason": "plans changed" })).await
}
