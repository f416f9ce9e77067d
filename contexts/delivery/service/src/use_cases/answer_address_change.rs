use delivery_domain::{Delivery, DeliveryCommand};
use kernel::{OrderId, Personal, Subject};
use ordering_contract::OrderAddress;
use runtime::{PolicyFailure, Turn};

use crate::views;

/// Answers whether a change of the address comes in time: changed, or denied because it had set out.
pub(crate) fn answer_address_change(
    turn: &mut Turn<'_>,
    order: OrderId,
    subject: &Subject,
    personal: Personal<OrderAddress>,
) -> Result<(), PolicyFailure> {
    let decided = turn.execute::<Delivery>(order.0, subject, DeliveryCommand::ChangeAddress { personal })?;
    if let Some(row) = turn.row(views::DELIVERIES, order.0)? {
        views::move_delivery(turn, &row, &decided)?;
    }
    Ok(())
}
