use kernel::{Money, OrderId, Subject};
use payment_contract::DepositEvent;
use payment_domain::DepositCommand;
use runtime::{Failure, Turn};

use crate::command::{DepositWish, RefundReply, Refusal, Reply};
use crate::shops::Shops;
use crate::{deposits, keys, views};

/// Opens a deposit, or pays into it.
pub(super) fn top_up_deposit(
    shops: &Shops,
    wish: DepositWish,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    if let Some(reply) = keys::answered_before(wish.key, turn)? {
        return Ok(Reply::Refund(reply));
    }
    let currency = shops.deposit_currency(&wish.shop).ok_or(Failure::Refused(Refusal::NoDeposits))?;
    let subject = Subject::shop(wish.shop.clone());
    let customer = wish.customer.clone();
    let command = match wish.amount {
        None => DepositCommand::Open { customer, opening: Money::zero(currency) },
        Some(amount) if amount.currency != currency => {
            let rejection = payment_domain::DepositRejection::OtherCurrency { expected: currency };
            return Err(Failure::Refused(Refusal::DepositRejected(rejection)));
        }
        Some(amount) => DepositCommand::TopUp { customer, amount, reference: wish.reference },
    };
    let facts = deposits::execute(&subject, wish.customer.as_ref(), command, turn)
        .map_err(|failure| failure.map_refusal(Refusal::DepositRejected))?;
    let id = deposits::account_id(&wish.shop, wish.customer.as_ref());
    let row = turn.row(views::DEPOSITS, id)?.ok_or(Failure::Refused(Refusal::NoDeposits))?;
    let is_new = facts.iter().any(|fact| matches!(fact, DepositEvent::Opened(_) | DepositEvent::ToppedUp(_)));
    let reply = RefundReply { status: if is_new { 201 } else { 200 }, version: row.version, body: row.body };
    keys::remember(wish.key, OrderId(id), &reply, turn);
    Ok(Reply::Refund(reply))
}
