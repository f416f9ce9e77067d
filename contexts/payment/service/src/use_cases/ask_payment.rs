use kernel::Subject;
use payment_contract::{AskPayment, DEPOSIT_METHOD};
use payment_domain::{Payment, PaymentCommand, PaymentRequest};
use runtime::{Failure, Turn};

use crate::carry_out::carry_out;
use crate::command::{Refusal, Reply};
use crate::config::PaymentConfig;
use crate::shops::Shops;

/// Commits the intent; the provider is called after the commit.
pub(super) fn ask_payment(
    config: &PaymentConfig,
    shops: &Shops,
    ask: AskPayment,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    // The account of those who say no name opens when the shop is heard of, shortly.
    if ask.method == DEPOSIT_METHOD && !shops.knows(&ask.shop) {
        return Err(Failure::Refused(Refusal::ShopNotHeardOf));
    }
    let subject = Subject::order(ask.shop, ask.order, ask.order_number);
    let request = PaymentRequest {
        order: ask.order,
        amount: ask.amount,
        method: ask.method,
        customer: ask.customer,
        at: turn.now(),
        by_customer: ask.by_customer,
    };
    let executed = turn
        .execute::<Payment>(ask.order.0, &subject, PaymentCommand::Request(request))
        .map_err(|failure| failure.map_refusal(Refusal::Rejected))?;
    carry_out(config, &subject, &executed.events, turn)?;
    Ok(Reply::Taken)
}
