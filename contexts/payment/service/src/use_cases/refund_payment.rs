use edge::etag::EntityTag;
use kernel::Subject;
use payment_domain::{Giver, Payment, PaymentCommand};
use runtime::{Failure, Turn};

use crate::carry_out::carry_out;
use crate::command::{RefundReply, RefundWish, Refusal, Reply};
use crate::config::PaymentConfig;
use crate::shops::Shops;
use crate::{keys, views};

/// Calls a part, or all that is left, of a payment back.
pub(super) fn refund_payment(
    config: &PaymentConfig,
    shops: &Shops,
    wish: RefundWish,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    if let Some(reply) = keys::answered_before(wish.key, turn)? {
        return Ok(Reply::Refund(reply));
    }
    let subject = find(&wish, turn)?;
    let giver = Giver {
        name: turn.actor().to_string(),
        alone_max: shops.refund_alone_max(&wish.shop),
        proposal_until: Some(turn.now().plus_millis(config.proposal_kept_millis)),
    };
    let command = PaymentCommand::Refund { amount: wish.amount, reason: wish.reason.clone(), giver };
    let executed = turn
        .execute::<Payment>(wish.order.0, &subject, command)
        .map_err(|failure| failure.map_refusal(Refusal::Rejected))?;
    carry_out(config, &subject, &executed.events, turn)?;
    let view = views::payment_view(&subject, turn)?.ok_or(Failure::Refused(Refusal::NoSuchPayment))?;
    let reply = RefundReply::of(&view, !executed.events.is_empty());
    keys::remember(wish.key, wish.order, &reply, turn);
    Ok(Reply::Refund(reply))
}

fn find(wish: &RefundWish, turn: &mut Turn<'_>) -> Result<Subject, Failure<Refusal>> {
    let row = turn
        .row(views::PAYMENTS, wish.order.0)?
        .filter(|row| row.shop == wish.shop)
        .ok_or(Failure::Refused(Refusal::NoSuchPayment))?;
    let meant = match &wish.if_match {
        Some(if_match) => if_match.check(EntityTag::of_version(row.version)).is_ok(),
        None => true,
    };
    if !meant {
        return Err(Failure::Refused(Refusal::VersionDiffers { current: row.version }));
    }
    Ok(Subject::order(row.shop, wish.order, row.number))
}
