use kernel::planted::{self, Bug};
use ordering_contract::OrderRefusedV1;
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::use_cases::{ForOrder, release_for_order};

/// Whenever an order never stood that stock may be held for, the stock is free again.
pub(super) fn release(
    shops: &Shops,
    turn: &mut Turn<'_>,
    of: &ForOrder,
    refused: &OrderRefusedV1,
) -> Result<(), PolicyFailure> {
    if refused.holds_stock && !planted::is(Bug::B10) {
        release_for_order(turn, shops, of)?;
    }
    Ok(())
}
