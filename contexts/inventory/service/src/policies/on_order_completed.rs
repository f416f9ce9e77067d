use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::use_cases::{ForOrder, consume_for_order};

/// Whenever an order is done, what is still held for it is used: in a shop with nothing to make,
/// no start says so.
pub(super) fn consume(shops: &Shops, turn: &mut Turn<'_>, of: &ForOrder) -> Result<(), PolicyFailure> {
    if shops.has_kept_stock(&of.subject.shop) {
        consume_for_order(turn, shops, of)?;
    }
    Ok(())
}
