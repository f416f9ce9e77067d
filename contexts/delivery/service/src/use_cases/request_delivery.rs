use catalog_contract::ShopLife;
use delivery_contract::DeliveryRequestedV1;
use delivery_domain::{Delivery, DeliveryCommand, Routine};
use kernel::{OrderId, Subject};
use runtime::{PolicyFailure, Turn};

use crate::{timers, views};

/// Takes on what a prepared order asks for; where the shop's deliveries set out by themselves, it
/// does at once.
pub(crate) fn request_delivery(
    turn: &mut Turn<'_>,
    order: OrderId,
    subject: &Subject,
    life: &ShopLife,
    delivery: DeliveryRequestedV1,
) -> Result<(), PolicyFailure> {
    let Some(routine) = Routine::of(life) else {
        return Err(PolicyFailure::Poison(format!("shop {} delivers nothing", subject.shop)));
    };
    let command = DeliveryCommand::Request { delivery: delivery.clone(), routine };
    let decided = turn.execute::<Delivery>(order.0, subject, command)?;
    if !decided.events.is_empty() {
        timers::keep_time(turn, life, order, &decided.events);
        views::put_requested(turn, order, subject, &delivery, decided.version)?;
    }
    Ok(())
}
