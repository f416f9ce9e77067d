use anyhow::{Context, Result, bail};
use serde_json::json;

use super::{ANOTHER_CUSTOMER, CUSTOMER, STAFF, Tour, expect, follow, order};

/// Of ten, eleven are too many and one is not.
pub(in super::super) async fn runs_out(tour: &mut Tour) -> Result<()> {
    tour.teller.scene("재고가 모자랍니다", "out of stock, in the shop that has no staff").await;
    let shop = tour.stocked.clone();
    let used = shop.item(0)?.uses.clone().context("the shop that counts its stock uses none")?;
    tour.teller.says(&format!("{STAFF} fills up: 10 x {used}"));
    let receipts = shop.path(&format!("/stock/{used}/receipts"));
    expect(tour.counter.post(STAFF, &receipts, &json!({ "quantity": 10 })).await?, 200)?;
    let too_many = order(tour, &shop, CUSTOMER, 0, 11, "demo-too-many").await?;
    follow(tour, &shop, &too_many, "state", "cancelled").await?;
    let enough = order(tour, &shop, ANOTHER_CUSTOMER, 4, 1, "demo-enough").await?;
    follow(tour, &shop, &enough, "state", "completed").await?;
    let left = tour.counter.read(&shop.path(&format!("/stock/{used}"))).await?["available"].clone();
    tour.teller.says(&format!("{left} x {used} left"));
    if left != 9 {
        bail!("9 x {used} should be left");
    }
    Ok(())
}
