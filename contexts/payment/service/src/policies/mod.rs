//! Whenever a neighbour's event, then this: one function per event, listed here.

mod on_order_cancelled;
mod on_order_payment_abandoned;
mod void_payment;

use catalog_contract::CatalogEvent;
use kernel::Recorded;
use ordering_contract::OrderEvent;
use runtime::{PolicyFailure, Turn};

use crate::config::PaymentConfig;
use crate::shops::Shops;

/// Applies a neighbour's event. Events that do not concern payment change nothing.
pub(crate) fn run(
    config: &PaymentConfig,
    shops: &Shops,
    source: &str,
    recorded: &Recorded,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    match source {
        "ordering" => match recorded.decode::<OrderEvent>()? {
            OrderEvent::PaymentAbandoned(_) => {
                on_order_payment_abandoned::on_order_payment_abandoned(config, recorded, turn)
            }
            OrderEvent::Cancelled(cancelled) => {
                on_order_cancelled::on_order_cancelled(config, recorded, &cancelled, turn)
            }
            _ => Ok(()),
        },
        "catalog" => {
            shops.take(recorded, &recorded.decode::<CatalogEvent>()?, turn);
            Ok(())
        }
        other => Err(PolicyFailure::Poison(format!("nobody follows {other}"))),
    }
}
