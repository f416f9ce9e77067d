use kernel::Subject;
use payment_contract::PaymentState;
use payment_domain::{Payment, PaymentCommand};
use runtime::{Executed, Failure, Turn};

use crate::carry_out::carry_out;
use crate::command::{Refusal, Reply};
use crate::config::PaymentConfig;
use crate::effects::{self, ChargeKind, ChargeOutcome, ChargeWork};

/// Records what the provider said about a charge, or plans to ask again.
pub(super) fn record_charge(
    config: &PaymentConfig,
    work: &ChargeWork,
    attempt: u32,
    outcome: ChargeOutcome,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    let current = turn.state::<Payment>(work.order.0)?.terms().map(|terms| terms.provider_key.clone());
    if current.is_some_and(|key| key != work.key) {
        // Of an attempt that was declined before the one under way: it changes nothing any more.
        tracing::info!(order = %work.order, key = work.key, "an answer to an earlier attempt");
        return Ok(Reply::Taken);
    }
    let subject = work.subject();
    let executed = match turn.execute::<Payment>(work.order.0, &subject, command(&subject, outcome)) {
        Ok(executed) => executed,
        Err(Failure::Refused(rejection)) => {
            // The provider contradicts itself; the comparison of the books will show it.
            tracing::error!(order = %work.order, %rejection, "an answer of the provider is refused");
            Executed { events: Vec::new(), version: 0 }
        }
        Err(Failure::Broken(error)) => return Err(Failure::Broken(error)),
    };
    carry_out(config, &subject, &executed.events, turn)?;
    settle_or_ask_again(config, work, attempt, turn)?;
    Ok(Reply::Taken)
}

fn command(subject: &Subject, outcome: ChargeOutcome) -> PaymentCommand {
    match outcome {
        ChargeOutcome::Approved { code } => {
            PaymentCommand::RecordApproved { shop: subject.shop.clone(), approval_code: code }
        }
        ChargeOutcome::Declined { reason } => PaymentCommand::RecordDeclined { reason },
        ChargeOutcome::Unknown { cause } => PaymentCommand::RecordUnknown { cause },
    }
}

fn settle_or_ask_again(
    config: &PaymentConfig,
    work: &ChargeWork,
    attempt: u32,
    turn: &mut Turn<'_>,
) -> Result<(), Failure<Refusal>> {
    let payment = turn.state::<Payment>(work.order.0)?;
    let requested_at = payment.terms().map(|terms| terms.requested_at).unwrap_or_default();
    let open = match payment.state() {
        Some(PaymentState::Requested | PaymentState::Unknown) => work.kind == ChargeKind::Authorize,
        Some(PaymentState::Voiding) => work.kind == ChargeKind::Withdraw,
        _ => false,
    };
    let given_up = turn.now().millis_since(requested_at) >= config.give_up_after_millis;
    if open && !given_up {
        effects::charge_again(config, work, attempt, turn);
    } else {
        turn.finish_effect(work.effect_key());
    }
    Ok(())
}
