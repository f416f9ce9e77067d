use kernel::Recorded;
use ordering_contract::OrderPlacedV1;
use payment_contract::DEPOSIT_METHOD;
use payment_domain::Payment;
use runtime::{PolicyFailure, Turn};

use crate::deposits;
use crate::shops::Shops;

/// Whenever an order that a deposit pays is placed and something comes before its payment is asked for -
/// stock, the customer's approval, a payment side that is out of order - its money is held meanwhile.
pub(super) fn on_order_placed(
    shops: &Shops,
    recorded: &Recorded,
    placed: &OrderPlacedV1,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    let Some(order) = recorded.subject.order else {
        return Err(PolicyFailure::Poison("an order's event that names no order".to_owned()));
    };
    let is_paid_later = !placed.uses.is_empty() || shops.take_orders_before_money(&placed.life);
    if placed.payment_method.as_deref() != Some(DEPOSIT_METHOD) || !is_paid_later {
        return Ok(());
    }
    // Asked for already, or given up: the payment knows better than an event that comes late.
    if turn.state::<Payment>(order.0)?.state().is_some() {
        return Ok(());
    }
    deposits::hold(&recorded.subject, placed.customer.as_ref(), placed.total, turn)?;
    Ok(())
}
