use std::sync::Arc;

use catalog_contract::ShopLife;
use delivery_domain::{Delivery, DeliveryCommand, DeliveryRejection, Routine};
use edge::etag::EntityTag;
use journal::StoreError;
use kernel::Subject;
use runtime::{Failure, Turn};
use uuid::Uuid;

use crate::command::{DeliveryRefusal, DeliveryReply, DeliveryStep, Step};
use crate::shops::Shops;
use crate::timers;
use crate::views::{self, DELIVERIES};

/// Staff or the courier take a step with a delivery of their shop.
pub(crate) fn take_step(
    turn: &mut Turn<'_>,
    shops: &Shops,
    command: DeliveryStep,
) -> Result<DeliveryReply, Failure<DeliveryRefusal>> {
    let DeliveryStep { shop, order, step, if_match, .. } = command;
    if shops.current(&shop).is_none() {
        return Err(Failure::Refused(DeliveryRefusal::ShopUnknown(shop)));
    }
    let no_delivery = || Failure::Refused(DeliveryRefusal::Delivery(DeliveryRejection::NoDelivery));
    let row = turn.row(DELIVERIES, order.0)?.filter(|row| row.shop == shop).ok_or_else(no_delivery)?;
    if if_match.check(EntityTag::of_version(row.version)).is_err() {
        return Err(Failure::Refused(DeliveryRefusal::Changed { version: row.version }));
    }
    let (life, routine) = routine(turn, shops, row.id)?;
    let decided = turn
        .execute::<Delivery>(order.0, &Subject::order(shop, order, row.number), command_of(step, routine))
        .map_err(|failure| failure.map_refusal(DeliveryRefusal::Delivery))?;
    timers::keep_time(turn, &life, order, &decided.events);
    let delivery = views::move_delivery(turn, &row, &decided)?;
    Ok(DeliveryReply::Delivery(Box::new(delivery)))
}

fn command_of(step: Step, routine: Routine) -> DeliveryCommand {
    match step {
        Step::Assign { courier } => DeliveryCommand::Assign { courier, routine },
        Step::Start => DeliveryCommand::Start { routine },
        Step::Complete => DeliveryCommand::Complete,
        Step::Fail { reason } => DeliveryCommand::Fail { reason, routine },
    }
}

/// The life that a delivery is pinned to, and what of it goes by itself. It was requested under that
/// life, so it has been heard of.
pub(crate) fn routine(
    turn: &mut Turn<'_>,
    shops: &Shops,
    delivery: Uuid,
) -> Result<(Arc<ShopLife>, Routine), StoreError> {
    let life = turn.state::<Delivery>(delivery)?.life().and_then(|life| shops.pinned(life).ok());
    life.and_then(|life| Routine::of(&life).map(|routine| (life, routine))).ok_or_else(|| {
        StoreError::Damaged {
            place: format!("{DELIVERIES} row {delivery}"),
            detail: "the life of its delivery is not known".into(),
        }
    })
}
