use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::use_cases::{ForOrder, consume_for_order};

/// Whenever making has begun, what is held for the order is used.
pub(super) fn consume(shops: &Shops, turn: &mut Turn<'_>, of: &ForOrder) -> Result<(), PolicyFailure> {
    if shops.has_kept_stock(&of.subject.shop) {
        consume_for_order(turn, shops, of)?;
    }
    Ok(())
}
