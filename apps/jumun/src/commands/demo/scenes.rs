//! What is played, in the order of [`super::Tour::play`].

pub(super) mod cancels;
pub(super) mod check;
pub(super) mod kill;
pub(super) mod lives;
pub(super) mod orders;
pub(super) mod stock;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::Tour;
use super::corner::{Corner, text};
use super::counter::Reply;

/// Who is here today.
const CUSTOMER: &str = "customer:mina";
const ANOTHER_CUSTOMER: &str = "customer:juno";
const STAFF: &str = "staff:kim";

/// The answer, where it is as the tour says it will be.
fn expect(reply: Reply, status: u16) -> Result<Reply> {
    if reply.status == status {
        return Ok(reply);
    }
    bail!("{status} was expected, the answer is {}: {}", reply.status, reply.text)
}

/// Orders from a shop, and tells the answer; the order.
async fn order(
    tour: &Tour,
    corner: &Corner,
    who: &str,
    place: usize,
    quantity: u32,
    key: &str,
) -> Result<Value> {
    let item = corner.item(place)?;
    tour.teller.says(&format!("{who} orders {quantity} x {} at {}", item.name, corner.name));
    let reply = tour.counter.post_with_key(who, &corner.path("/orders"), key, &item.order(quantity)).await?;
    tour.teller.answered(&reply);
    Ok(expect(reply, 201)?.body)
}

/// Staff move an order's ticket.
async fn staff(tour: &Tour, order: &Value, step: &str) -> Result<()> {
    let path = tour.paid.path(&format!("/tickets/{}/{step}", text(&order["id"])));
    expect(tour.counter.post(STAFF, &path, &json!({})).await?, 200)?;
    Ok(())
}

/// Tells an order's story until a field of it says so.
async fn follow(tour: &mut Tour, corner: &Corner, order: &Value, field: &str, value: &str) -> Result<()> {
    tour.teller.follow(&tour.counter, corner, order, field, value).await
}
