use journal::{IdempotencyOutcome, StoreError};
use kernel::OrderId;
use kitchen_domain::TicketRejection;
use runtime::{Failure, KeyUse, Remembered, Turn};

use crate::command::{KitchenRefusal, KitchenReply};
use crate::rest::problem;
use crate::views;

const DONE: u16 = 200;

type Answer = Result<KitchenReply, Failure<KitchenRefusal>>;

/// Does the work once per key: a repetition gets the first answer again, a refusal by the ticket's
/// state too. Work that is refused must have staged nothing, since its refusal is kept.
///
/// Of a ticket only what moves is kept (see [`views::Moving`]): the rest stands in its row, and the
/// note is not stored twice.
pub(crate) fn once(
    turn: &mut Turn<'_>,
    key: Option<KeyUse>,
    order: OrderId,
    work: impl FnOnce(&mut Turn<'_>) -> Answer,
) -> Answer {
    let Some(key) = key else { return work(turn) };
    match turn.remembered(&key.scope, &key.body_hash)? {
        Remembered::OtherBody => Err(Failure::Refused(KitchenRefusal::KeyReused)),
        Remembered::Answered(record, first) => again(turn, record.order, first),
        Remembered::New | Remembered::Running(_) => {
            let reply = kept(work(turn))?;
            key.keep(turn, order, outcome_of(&reply));
            Ok(reply)
        }
    }
}

/// A refusal that the ticket's state gave becomes an answer that can be kept. Others may turn out
/// differently when the same is sent again: their key is not used up.
fn kept(answer: Answer) -> Answer {
    match answer {
        Err(Failure::Refused(refusal @ KitchenRefusal::Ticket(rejection)))
            if rejection != TicketRejection::NoTicket =>
        {
            Ok(KitchenReply::KeptRefusal { problem: problem(&refusal).to_json() })
        }
        other => other,
    }
}

fn outcome_of(reply: &KitchenReply) -> IdempotencyOutcome {
    match reply {
        KitchenReply::Ticket(ticket) => {
            let body = views::Moving::of(ticket).to_json();
            IdempotencyOutcome { status: DONE, version: ticket.version, body }
        }
        KitchenReply::KeptRefusal { problem } => {
            IdempotencyOutcome { status: 409, version: 0, body: problem.clone() }
        }
    }
}

fn again(turn: &mut Turn<'_>, order: OrderId, first: IdempotencyOutcome) -> Answer {
    if first.status != DONE {
        return Ok(KitchenReply::KeptRefusal { problem: first.body });
    }
    let lost =
        || StoreError::Damaged { place: format!("ticket {order}"), detail: "answered, but gone".into() };
    let row = turn.row(views::TICKETS, order.0)?.ok_or_else(lost)?;
    let moving = views::Moving::from_json(&first.body).ok_or_else(lost)?;
    let ticket = moving.put_into(views::read_ticket(&row)?, first.version);
    Ok(KitchenReply::Ticket(Box::new(ticket)))
}
