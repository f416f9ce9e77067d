use inventory_contract::{StockItemView, stock_item_id};
use inventory_domain::StockItem;
use journal::{Row, StoreError};
use kernel::ShopKey;
use runtime::Turn;

/// The list's name.
pub const STOCK: &str = "stock";

/// The state of the rows of items that run low.
pub const LOW: &str = "low";

/// The state of all other rows.
pub(crate) const THERE: &str = "there";

/// Puts an item's row in place, as the item stands in this turn. The first row of an item takes the
/// next running number of its shop.
pub(crate) fn put_item(turn: &mut Turn<'_>, shop: &ShopKey, item: &str) -> Result<StockItemView, StoreError> {
    let id = stock_item_id(shop, item);
    let number = match turn.row(STOCK, id)? {
        Some(row) => row.number,
        None => turn.next_number(&format!("{STOCK}/{shop}"))?,
    };
    let version = turn.version::<StockItem>(id)?;
    let state = turn.state::<StockItem>(id)?;
    let (counts, low, is_kept) = (state.counts(), state.is_low(), state.is_kept());
    let view = StockItemView {
        shop: shop.clone(),
        number,
        item: item.to_owned(),
        available: counts.available,
        reserved: counts.reserved,
        consumed: counts.consumed,
        low,
        changed_at: turn.now(),
        version,
    };
    turn.put_row(Row {
        collection: STOCK.into(),
        id,
        shop: shop.clone(),
        number,
        customer: None,
        state: if low { LOW } else { THERE }.into(),
        at: view.changed_at,
        search: item.to_owned(),
        version,
        // Of what never came in only the menu is told.
        hidden: !is_kept,
        body: to_json(&view),
    });
    Ok(view)
}

/// The item as it is shown.
pub(crate) fn to_json(view: &StockItemView) -> Vec<u8> {
    // Texts and numbers: writing them cannot fail.
    serde_json::to_vec(view).unwrap_or_default()
}
