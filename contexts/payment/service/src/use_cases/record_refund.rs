use payment_domain::{Payment, PaymentCommand};
use runtime::{Failure, Turn};

use crate::carry_out::carry_out;
use crate::command::{Refusal, Reply};
use crate::config::PaymentConfig;
use crate::effects::{self, RefundOutcome, RefundWork};

/// Records that money is back, or plans to ask for it again: as long as it takes, unless the provider
/// says, time and again, that it will not give it back.
pub(super) fn record_refund(
    config: &PaymentConfig,
    work: &RefundWork,
    attempt: u32,
    outcome: RefundOutcome,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    // A callback was quicker than the answer.
    let refunds = turn.state::<Payment>(work.order.0)?.refunds();
    if refunds.iter().any(|refund| refund.step == work.step && refund.done) {
        turn.finish_effect(work.effect_key());
        return Ok(Reply::Taken);
    }
    let command = match outcome {
        RefundOutcome::Done => PaymentCommand::RecordRefunded { shop: work.shop.clone(), step: work.step },
        RefundOutcome::Refused { reason } if attempt >= config.refund_refusals_max => {
            tracing::error!(order = %work.order, step = work.step, reason, "a refund is impossible");
            PaymentCommand::RecordRefundImpossible { step: work.step, reason }
        }
        RefundOutcome::Refused { reason: cause } | RefundOutcome::Unknown { cause } => {
            tracing::warn!(order = %work.order, step = work.step, attempt, cause, "a refund is not known to be done");
            effects::refund_again(config, work, attempt, turn);
            return Ok(Reply::Taken);
        }
    };
    let subject = work.subject();
    let executed = turn
        .execute::<Payment>(work.order.0, &subject, command)
        .map_err(|failure| failure.map_refusal(Refusal::Rejected))?;
    carry_out(config, &subject, &executed.events, turn)?;
    turn.finish_effect(work.effect_key());
    Ok(Reply::Taken)
}
