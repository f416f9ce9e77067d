//! Whenever a neighbour said something, then this. One file per neighbour.

mod on_catalog;
mod on_delivery;
mod on_inventory;
mod on_kitchen;
mod on_payment;

pub(crate) use on_catalog::on_catalog;
pub(crate) use on_delivery::on_delivery;
pub(crate) use on_inventory::on_inventory;
pub(crate) use on_kitchen::on_kitchen;
pub(crate) use on_payment::on_payment;

use catalog_contract::ShopDirectory;
use kernel::{OrderId, Recorded};
use ordering_domain::OrderCommand;
use runtime::{PolicyFailure, Turn};

use crate::follow::move_order;

/// Whether an event of a source is something that ordering follows.
pub(crate) fn hears(source: &str, event: &str) -> bool {
    match source {
        "payment" => on_payment::hears(event),
        "inventory" => on_inventory::HEARD.contains(&event),
        "kitchen" => event != "ticket-opened",
        "delivery" => on_delivery::HEARD.contains(&event),
        _ => true,
    }
}

/// Lets the order that an event is about follow it.
fn follow(
    turn: &mut Turn<'_>,
    shops: &ShopDirectory,
    event: &Recorded,
    fact: OrderCommand,
) -> Result<(), PolicyFailure> {
    move_order(turn, shops, &event.subject, order_of(event)?, fact)?;
    Ok(())
}

fn order_of(event: &Recorded) -> Result<OrderId, PolicyFailure> {
    event.subject.order.ok_or_else(|| PolicyFailure::Poison(format!("{} names no order", event.event_type)))
}
