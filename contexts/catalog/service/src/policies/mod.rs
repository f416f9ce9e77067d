//! Whenever a neighbour's event, then this: one reaction per file, all listed here.

mod on_stock_level_changed;

use kernel::Recorded;
use runtime::{PolicyFailure, Turn};

use crate::short_stock::ShortStock;

/// The roles whose events the catalog follows. Inventory in turn follows the catalog: what it is told
/// of menus is what they use, and never what stock closes of them.
pub(crate) const SOURCES: &[&str] = &[inventory_contract::ROLE];

/// What of inventory's events concerns menus; the rest passes by unread.
const HEARD: &[&str] = &["stock-ran-out", "stock-back"];

/// Whether an event of inventory's concerns menus.
pub(crate) fn hears(event: &str) -> bool {
    HEARD.contains(&event)
}

/// Applies one event of a source.
pub(crate) fn apply(
    short: &mut ShortStock,
    source: &str,
    event: &Recorded,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    match source {
        inventory_contract::ROLE => on_stock_level_changed::close_or_open(short, event, turn),
        other => Err(PolicyFailure::Poison(format!("the catalog does not follow {other}"))),
    }
}
