use std::sync::Arc;

use catalog_contract::ShopLife;
use delivery_domain::{Delivery, DeliveryCommand, Routine};
use kernel::{OrderId, Subject};
use ordering_contract::CancelReason;
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::{timers, views};

/// Answers whether a cancel comes in time: released, or denied. Customers and staff each have their
/// own last moment, by the life that the order is pinned to. A wish that comes before the delivery
/// was requested is the kitchen's to answer; ordering asks again behind its request.
pub(crate) fn answer_cancel(
    turn: &mut Turn<'_>,
    shops: &Shops,
    order: OrderId,
    subject: &Subject,
    reason: CancelReason,
) -> Result<(), PolicyFailure> {
    let Some((life, routine)) = pinned(turn, shops, order)? else { return Ok(()) };
    let before = match reason {
        CancelReason::ByCustomer => life.cancel.customer_before,
        _ => life.cancel.staff_before,
    };
    let decided = turn.execute::<Delivery>(order.0, subject, DeliveryCommand::Release { before, routine })?;
    timers::keep_time(turn, &life, order, &decided.events);
    if let Some(row) = turn.row(views::DELIVERIES, order.0)? {
        views::move_delivery(turn, &row, &decided)?;
    }
    Ok(())
}

/// The life that a delivery is pinned to, and what of it goes by itself; nothing where there is no
/// delivery.
fn pinned(
    turn: &mut Turn<'_>,
    shops: &Shops,
    order: OrderId,
) -> Result<Option<(Arc<ShopLife>, Routine)>, PolicyFailure> {
    let Some(life) = turn.state::<Delivery>(order.0)?.life().cloned() else { return Ok(None) };
    let life = shops.pinned(&life).map_err(|unknown| PolicyFailure::NotYet(unknown.to_string()))?;
    Ok(Routine::of(&life).map(|routine| (life, routine)))
}
