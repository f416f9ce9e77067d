//! Whenever a neighbour's event, then this: one reaction per file, all listed here.

mod on_address_change_requested;
mod on_cancel_requested;
mod on_delivery_requested;
mod on_shop_defined;
mod on_step_wished;

use kernel::Recorded;
use ordering_contract::OrderEvent;
use runtime::{PolicyFailure, Turn};

use crate::shops::Shops;

/// The roles whose events delivery follows.
pub(crate) const SOURCES: &[&str] = &["catalog", ordering_contract::ROLE];

/// What of ordering's events concerns delivery; the rest passes by unread.
const HEARD: &[&str] = &[
    "order-delivery-requested",
    "order-cancel-requested",
    "order-address-change-requested",
    "order-step-wished",
];

/// Whether an event of a source concerns delivery.
pub(crate) fn hears(source: &str, event: &str) -> bool {
    if source == ordering_contract::ROLE { HEARD.contains(&event) } else { event == "shop-defined" }
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
        on_shop_defined::hear(shops, event, turn)
    }
}

fn on_ordering(shops: &Shops, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
    let Some(order) = event.subject.order else {
        return Ok(());
    };
    match event.decode::<OrderEvent>()? {
        OrderEvent::DeliveryRequested(asked) => {
            on_delivery_requested::request(shops, turn, order, &event.subject, asked)
        }
        OrderEvent::CancelRequested(requested) => {
            on_cancel_requested::answer(shops, turn, order, &event.subject, &requested)
        }
        OrderEvent::AddressChangeRequested(requested) => {
            on_address_change_requested::answer(turn, order, &event.subject, requested)
        }
        OrderEvent::StepWished(wished) => on_step_wished::take(shops, turn, order, wished.step),
        _ => Ok(()),
    }
}
