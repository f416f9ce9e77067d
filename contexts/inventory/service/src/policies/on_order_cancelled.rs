use ordering_contract::OrderCancelledV1;
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::use_cases::{ForOrder, release_for_order};

/// Whenever an order is cancelled that stock may be held for, the stock is free again.
pub(super) fn release(
    shops: &Shops,
    turn: &mut Turn<'_>,
    of: &ForOrder,
    cancelled: &OrderCancelledV1,
) -> Result<(), PolicyFailure> {
    if cancelled.holds_stock {
        release_for_order(turn, shops, of)?;
    }
    Ok(())
}
