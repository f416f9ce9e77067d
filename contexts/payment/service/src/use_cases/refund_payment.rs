use journal::{IdempotencyOutcome, IdempotencyRecord};
use kernel::Subject;
use payment_domain::{Payment, PaymentCommand};
use runtime::{Failure, Remembered, Turn};

use crate::command::{RefundReply, RefundWish, Refusal, Reply};
use crate::config::PaymentConfig;
use crate::{effects, views};

/// Calls a part, or all that is left, of a payment back.
pub(super) fn refund_payment(
    config: &PaymentConfig,
    wish: RefundWish,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    if let Some(reply) = answered_before(&wish, turn)? {
        return Ok(Reply::Refund(reply));
    }
    let subject = find(&wish, turn)?;
    let command = PaymentCommand::Refund { amount: wish.amount, reason: wish.reason.clone() };
    let executed = turn
        .execute::<Payment>(wish.order.0, &subject, command)
        .map_err(|failure| failure.map_refusal(Refusal::Rejected))?;
    effects::follow(config, &subject, &executed.events, turn)?;
    views::follow(&subject, &executed.events, turn)?;
    let view = views::payment_view(&subject, turn)?.ok_or(Failure::Refused(Refusal::NoSuchPayment))?;
    let reply = RefundReply::of(&view, !executed.events.is_empty());
    remember(&wish, &reply, turn);
    Ok(Reply::Refund(reply))
}

fn answered_before(wish: &RefundWish, turn: &mut Turn<'_>) -> Result<Option<RefundReply>, Failure<Refusal>> {
    let Some(key) = wish.key else {
        return Ok(None);
    };
    match turn.remembered(&key.scope, &key.body)? {
        // The outcome is kept in the turn that takes the wish: there is no running one to be seen.
        Remembered::New | Remembered::Running(_) => Ok(None),
        Remembered::OtherBody => Err(Failure::Refused(Refusal::KeyReused)),
        Remembered::Answered(_, outcome) => {
            Ok(Some(RefundReply { status: outcome.status, version: outcome.version, body: outcome.body }))
        }
    }
}

fn find(wish: &RefundWish, turn: &mut Turn<'_>) -> Result<Subject, Failure<Refusal>> {
    let row = turn
        .row(views::PAYMENTS, wish.order.0)?
        .filter(|row| row.shop == wish.shop)
        .ok_or(Failure::Refused(Refusal::NoSuchPayment))?;
    match wish.expected_version {
        Some(expected) if expected != row.version => {
            Err(Failure::Refused(Refusal::VersionDiffers { current: row.version }))
        }
        _ => Ok(Subject::order(row.shop, wish.order, row.number)),
    }
}

fn remember(wish: &RefundWish, reply: &RefundReply, turn: &mut Turn<'_>) {
    let Some(key) = wish.key else {
        return;
    };
    turn.remember(IdempotencyRecord {
        scope: key.scope,
        body_hash: key.body,
        order: wish.order,
        at: turn.now(),
        outcome: Some(IdempotencyOutcome {
            status: reply.status,
            version: reply.version,
            body: reply.body.clone(),
        }),
    });
}
