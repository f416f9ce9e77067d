use kernel::Subject;
use payment_domain::{Payment, PaymentCommand};
use runtime::{Failure, Turn};

use crate::carry_out::carry_out;
use crate::command::{ApprovalWish, RefundReply, Refusal, Reply};
use crate::config::PaymentConfig;
use crate::{keys, views};

/// The customer approves a payment that waits for them, or does not want to pay.
pub(super) fn approve_payment(
    config: &PaymentConfig,
    wish: ApprovalWish,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    if let Some(reply) = keys::answered_before(wish.key, turn)? {
        return Ok(Reply::Refund(reply));
    }
    let row = turn
        .row(views::PAYMENTS, wish.order.0)?
        .filter(|row| row.shop == wish.shop)
        .ok_or(Failure::Refused(Refusal::NoSuchPayment))?;
    let subject = Subject::order(row.shop, wish.order, row.number);
    let command = if wish.approves {
        PaymentCommand::Approve { method: wish.method, at: turn.now() }
    } else {
        PaymentCommand::CancelAwaited
    };
    let executed = turn
        .execute::<Payment>(wish.order.0, &subject, command)
        .map_err(|failure| failure.map_refusal(Refusal::Rejected))?;
    carry_out(config, &subject, &executed.events, turn)?;
    let view = views::payment_view(&subject, turn)?.ok_or(Failure::Refused(Refusal::NoSuchPayment))?;
    let reply = RefundReply::of(&view, wish.approves && !executed.events.is_empty());
    keys::remember(wish.key, wish.order, &reply, turn);
    Ok(Reply::Refund(reply))
}
