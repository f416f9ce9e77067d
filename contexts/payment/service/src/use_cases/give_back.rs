use kernel::{OrderId, ShopKey, Subject};
use payment_domain::{Payment, PaymentCommand, Withdrawer};
use runtime::{Failure, Turn};

use crate::carry_out::carry_out;
use crate::command::{ProposalWish, RefundReply, Refusal, Reply, SettleWish};
use crate::config::PaymentConfig;
use crate::views;

/// A second person confirms a refund that waits for one.
pub(super) fn confirm_refund(
    config: &PaymentConfig,
    wish: &ProposalWish,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    let confirmer = turn.actor().to_string();
    let command = PaymentCommand::ConfirmRefund { proposal: wish.proposal, confirmer };
    wished(config, wish.order, &wish.shop, command, true, turn)
}

/// Whoever proposed a refund takes the proposal back, or a manager does.
pub(super) fn withdraw_refund(
    config: &PaymentConfig,
    wish: &ProposalWish,
    is_manager: bool,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    let withdrawer = Withdrawer::Person { name: turn.actor().to_string(), is_manager };
    let command = PaymentCommand::WithdrawRefund { proposal: wish.proposal, withdrawer };
    wished(config, wish.order, &wish.shop, command, false, turn)
}

/// The shop gave back itself what the provider would not.
pub(super) fn settle_refund(
    config: &PaymentConfig,
    wish: SettleWish,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    let command = PaymentCommand::SettleByHand { shop: wish.shop.clone(), step: wish.step, how: wish.how };
    wished(config, wish.order, &wish.shop, command, false, turn)
}

fn wished(
    config: &PaymentConfig,
    order: OrderId,
    shop: &ShopKey,
    command: PaymentCommand,
    moves_money: bool,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    let row = turn
        .row(views::PAYMENTS, order.0)?
        .filter(|row| row.shop == *shop)
        .ok_or(Failure::Refused(Refusal::NoSuchPayment))?;
    let subject = Subject::order(row.shop, order, row.number);
    let executed = turn
        .execute::<Payment>(order.0, &subject, command)
        .map_err(|failure| failure.map_refusal(Refusal::Rejected))?;
    carry_out(config, &subject, &executed.events, turn)?;
    let view = views::payment_view(&subject, turn)?.ok_or(Failure::Refused(Refusal::NoSuchPayment))?;
    Ok(Reply::Refund(RefundReply::of(&view, moves_money)))
}
