use kernel::Subject;
use payment_contract::AskPayment;
use payment_domain::{Payment, PaymentCommand, PaymentRequest};
use runtime::{Failure, Turn};

use crate::command::{Refusal, Reply};
use crate::config::PaymentConfig;
use crate::{effects, views};

/// Commits the intent; the provider is called after the commit.
pub(super) fn ask_payment(
    config: &PaymentConfig,
    ask: AskPayment,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    let subject = Subject::order(ask.shop, ask.order, ask.order_number);
    let request = PaymentRequest {
        order: ask.order,
        amount: ask.amount,
        method: ask.method,
        customer: ask.customer,
        at: turn.now(),
    };
    let executed = turn
        .execute::<Payment>(ask.order.0, &subject, PaymentCommand::Request(request))
        .map_err(|failure| failure.map_refusal(Refusal::Rejected))?;
    effects::follow(config, &subject, &executed.events, turn)?;
    views::follow(&subject, &executed.events, turn)?;
    Ok(Reply::Taken)
}
