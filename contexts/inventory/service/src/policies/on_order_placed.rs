use catalog_contract::StockMode;
use ordering_contract::OrderPlacedV1;
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::use_cases::{ForOrder, reserve_for_order};

/// Whenever an order is placed in a shop that holds stock, all that it uses is held, or it is told
/// what is short. An order that uses nothing is answered too: ordering waits for it.
pub(super) fn reserve(
    shops: &Shops,
    turn: &mut Turn<'_>,
    of: &ForOrder,
    placed: &OrderPlacedV1,
) -> Result<(), PolicyFailure> {
    let life = shops.pinned(&placed.life).map_err(|unknown| PolicyFailure::NotYet(unknown.to_string()))?;
    match life.stock.mode {
        StockMode::None => Ok(()),
        StockMode::Reserve => reserve_for_order(turn, shops, of, &placed.uses),
    }
}
