//! Whenever a neighbour's event, then this: one function per event, listed here.

mod on_order_cancelled;
mod on_order_ended;
mod on_order_payment_abandoned;
mod on_order_placed;
mod on_shop_defined;
mod on_step_wished;
mod void_payment;

use catalog_contract::CatalogEvent;
use kernel::Recorded;
use ordering_contract::OrderEvent;
use runtime::{PolicyFailure, Turn};

use crate::config::PaymentConfig;
use crate::shops::Shops;

/// What of ordering's events concerns payment; the rest passes by unread.
const HEARD: &[&str] =
    &["order-placed", "order-step-wished", "order-payment-abandoned", "order-cancelled", "order-refused"];

/// Whether an event of a source concerns payment.
pub(crate) fn hears(source: &str, event: &str) -> bool {
    if source == "ordering" { HEARD.contains(&event) } else { event == "shop-defined" }
}

/// Applies a neighbour's event. Only what concerns payment is read, in whichever version; the rest
/// passes by unread, since most of what ordering says is not for payment.
pub(crate) fn run(
    config: &PaymentConfig,
    shops: &Shops,
    source: &str,
    recorded: &Recorded,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    match (source, recorded.name()) {
        ("ordering", "order-payment-abandoned" | "order-cancelled") => {
            match recorded.decode::<OrderEvent>()? {
                OrderEvent::PaymentAbandoned(_) => {
                    on_order_payment_abandoned::on_order_payment_abandoned(config, recorded, turn)?;
                }
                OrderEvent::Cancelled(cancelled) => {
                    on_order_cancelled::on_order_cancelled(config, recorded, &cancelled, turn)?;
                }
                _ => {}
            }
            on_order_ended::on_order_ended(recorded, turn)
        }
        ("ordering", "order-step-wished") => match recorded.decode::<OrderEvent>()? {
            OrderEvent::StepWished(wished) => on_step_wished::on_step_wished(config, recorded, &wished, turn),
            _ => Ok(()),
        },
        ("ordering", "order-refused") => on_order_ended::on_order_ended(recorded, turn),
        // Most shops keep no deposits: their orders pass by unread.
        ("ordering", "order-placed") if shops.keeps_deposits(&recorded.subject.shop) => {
            match recorded.decode::<OrderEvent>()? {
                OrderEvent::Placed(placed) => {
                    on_order_placed::on_order_placed(shops, recorded, &placed, turn)
                }
                _ => Ok(()),
            }
        }
        ("catalog", "shop-defined") => {
            let event = recorded.decode::<CatalogEvent>()?;
            shops.take(recorded, &event, turn);
            on_shop_defined::on_shop_defined(recorded, &event, turn)
        }
        ("ordering" | "catalog", _) => Ok(()),
        (other, _) => Err(PolicyFailure::Poison(format!("nobody follows {other}"))),
    }
}
