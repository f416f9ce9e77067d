use delivery_domain::DeliveryRejection;
use journal::{IdempotencyOutcome, StoreError};
use kernel::OrderId;
use runtime::{Failure, KeyUse, Remembered, Turn};

use crate::command::{DeliveryRefusal, DeliveryReply};
use crate::rest::problem;
use crate::views;

const DONE: u16 = 200;

type Answer = Result<DeliveryReply, Failure<DeliveryRefusal>>;

/// Does the work once per key: a repetition gets the first answer again, a refusal by the delivery's
/// state too. Work that is refused must have staged nothing, since its refusal is kept.
///
/// Of a delivery only what moves is kept (see [`views::Moving`]): the rest stands in its row, and the
/// address is not stored twice.
pub(crate) fn once(
    turn: &mut Turn<'_>,
    key: Option<KeyUse>,
    order: OrderId,
    work: impl FnOnce(&mut Turn<'_>) -> Answer,
) -> Answer {
    let Some(key) = key else { return work(turn) };
    match turn.remembered(&key.scope, &key.body_hash)? {
        Remembered::OtherBody => Err(Failure::Refused(DeliveryRefusal::KeyReused)),
        Remembered::Answered(record, first) => again(turn, record.order, first),
        Remembered::New | Remembered::Running(_) => {
            let reply = kept(work(turn))?;
            key.keep(turn, order, outcome_of(&reply));
            Ok(reply)
        }
    }
}

/// A refusal that the delivery's state gave becomes an answer that can be kept. Others may turn out
/// differently when the same is sent again: their key is not used up.
fn kept(answer: Answer) -> Answer {
    match answer {
        Err(Failure::Refused(refusal @ DeliveryRefusal::Delivery(rejection)))
            if rejection != DeliveryRejection::NoDelivery =>
        {
            Ok(DeliveryReply::KeptRefusal { problem: problem(&refusal).to_json() })
        }
        other => other,
    }
}

fn outcome_of(reply: &DeliveryReply) -> IdempotencyOutcome {
    match reply {
        DeliveryReply::Delivery(delivery) => {
            let body = views::Moving::of(delivery).to_json();
            IdempotencyOutcome { status: DONE, version: delivery.version, body }
        }
        DeliveryReply::KeptRefusal { problem } => {
            IdempotencyOutcome { status: 409, version: 0, body: problem.clone() }
        }
    }
}

fn again(turn: &mut Turn<'_>, order: OrderId, first: IdempotencyOutcome) -> Answer {
    if first.status != DONE {
        return Ok(DeliveryReply::KeptRefusal { problem: first.body });
    }
    let lost =
        || StoreError::Damaged { place: format!("delivery {order}"), detail: "answered, but gone".into() };
    let row = turn.row(views::DELIVERIES, order.0)?.ok_or_else(lost)?;
    let moving = views::Moving::from_json(&first.body).ok_or_else(lost)?;
    let mut delivery = moving.put_into(views::read_delivery(&row)?, first.version);
    delivery.address = views::address_at(turn, order, first.version)?;
    Ok(DeliveryReply::Delivery(Box::new(delivery)))
}
