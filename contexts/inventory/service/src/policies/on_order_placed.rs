use catalog_contract::{LifeHash, StockMode};
use ordering_contract::OrderPlacedV1;
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::use_cases::{ForOrder, reserve_for_order};

/// Whether a shop whose orders are pinned to a life holds stock for them.
pub(super) fn holds_stock(shops: &Shops, life: &LifeHash) -> Result<bool, PolicyFailure> {
    let life = shops.pinned(life).map_err(|unknown| PolicyFailure::NotYet(unknown.to_string()))?;
    Ok(life.stock.mode == StockMode::Reserve)
}

/// Whenever an order is placed in a shop that holds stock, all that it uses is held, or it is told
/// what is short. An order that uses nothing is answered too: ordering waits for it.
pub(super) fn reserve(
    shops: &Shops,
    turn: &mut Turn<'_>,
    of: &ForOrder,
    placed: &OrderPlacedV1,
) -> Result<(), PolicyFailure> {
    reserve_for_order(turn, shops, of, &placed.uses)
}
