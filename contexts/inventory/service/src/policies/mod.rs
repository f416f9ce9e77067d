//! Whenever a neighbour's event, then this: one reaction per file, all listed here.

mod on_order_cancelled;
mod on_order_completed;
mod on_order_placed;
mod on_order_refused;
mod on_order_started;
mod on_shop_or_menu_changed;

use kernel::Recorded;
use ordering_contract::{OrderEvent, pinned_life};
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;
use crate::use_cases::ForOrder;

/// The roles whose events inventory follows.
pub(crate) const SOURCES: &[&str] = &[catalog_contract::ROLE, ordering_contract::ROLE];

/// What of ordering's events concerns the stock; the rest passes by unread.
const HEARD: &[&str] =
    &["order-placed", "order-started", "order-completed", "order-cancelled", "order-refused"];

/// Whether an event of a source concerns the stock.
pub(crate) fn hears(source: &str, event: &str) -> bool {
    if source == ordering_contract::ROLE { HEARD.contains(&event) } else { Shops::hears(event) }
}

/// Applies one event of a source.
pub(crate) fn apply(
    shops: &Shops,
    source: &str,
    event: &Recorded,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    if source == ordering_contract::ROLE {
        on_ordering(shops, event, turn)
    } else {
        on_shop_or_menu_changed::hear(shops, event, turn)
    }
}

fn on_ordering(shops: &Shops, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
    let Some(order) = event.subject.order else {
        return Ok(());
    };
    // Most shops hold no stock: of their orders nothing else is read.
    if let Some(life) = pinned_life(event)?
        && !on_order_placed::holds_stock(shops, &life)?
    {
        return Ok(());
    }
    let of = ForOrder { order, subject: event.subject.clone() };
    match event.decode::<OrderEvent>()? {
        OrderEvent::Placed(placed) => on_order_placed::reserve(shops, turn, &of, &placed),
        OrderEvent::Started(_) => on_order_started::consume(shops, turn, &of),
        OrderEvent::Completed(_) => on_order_completed::consume(shops, turn, &of),
        OrderEvent::Cancelled(cancelled) => on_order_cancelled::release(shops, turn, &of, &cancelled),
        OrderEvent::Refused(refused) => on_order_refused::release(shops, turn, &of, &refused),
        _ => Ok(()),
    }
}
