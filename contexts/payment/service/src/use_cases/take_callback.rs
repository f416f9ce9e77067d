use kernel::{Money, Subject};
use payment_contract::{DiscrepancyFoundV1, DiscrepancyKind, Remedy};
use payment_domain::{Payment, PaymentCommand};
use runtime::{Failure, Turn};

use super::settle_discrepancy::settle_discrepancy;
use crate::carry_out::carry_out;
use crate::command::{Refusal, Reply};
use crate::config::PaymentConfig;
use crate::provider::callback::{Callback, CallbackOutcome};
use crate::{effects, views};

/// Takes a provider's hint the way of an answer. What does not fit is kept as a difference between the
/// books and changes no payment.
pub(super) fn take_callback(
    config: &PaymentConfig,
    callback: &Callback,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    let row = turn.row(views::PAYMENTS, callback.order.0)?;
    let Some(subject) = row.map(|row| Subject::order(row.shop, callback.order, row.number)) else {
        return quarantine(config, callback, None, "the order never asked for a payment", turn);
    };
    let payment = turn.state::<Payment>(callback.order.0)?;
    let command = match hint(payment, &subject, callback) {
        Hint::Fits(command) => command,
        Hint::IsOld => return Ok(Reply::Callback { refused: None }),
        Hint::DoesNotFit(why) => return quarantine(config, callback, Some(&subject), why, turn),
    };
    match turn.execute::<Payment>(callback.order.0, &subject, command) {
        Ok(executed) => carry_out(config, &subject, &executed.events, turn)?,
        Err(Failure::Refused(rejection)) => {
            return quarantine(config, callback, Some(&subject), &rejection.to_string(), turn);
        }
        Err(Failure::Broken(error)) => return Err(Failure::Broken(error)),
    };
    if callback.outcome == (CallbackOutcome::Refunded {}) {
        let refunds = turn.state::<Payment>(callback.order.0)?.refunds();
        if let Some(refund) = refunds.iter().find(|refund| refund.provider_key == callback.key) {
            let step = refund.step;
            effects::finish_refund(callback.order, step, turn);
        }
    }
    Ok(Reply::Callback { refused: None })
}

/// What a callback says to a payment as it stands.
enum Hint {
    /// The same as this answer.
    Fits(PaymentCommand),
    /// Something that is over, or not about the payment's own money.
    IsOld,
    /// Something that cannot be.
    DoesNotFit(&'static str),
}

fn hint(payment: &Payment, subject: &Subject, callback: &Callback) -> Hint {
    let Some(terms) = payment.terms().filter(|terms| !terms.is_deposit()) else {
        return Hint::DoesNotFit("the provider was never asked for the order's payment");
    };
    let shop = subject.shop.clone();
    match &callback.outcome {
        CallbackOutcome::Refunded {} => {
            let refunds = payment.refunds();
            match refunds.iter().find(|refund| refund.provider_key == callback.key) {
                Some(refund) if refund.amount != callback.amount => {
                    Hint::DoesNotFit("the refund is of another amount")
                }
                Some(refund) => Hint::Fits(PaymentCommand::RecordRefunded { shop, step: refund.step }),
                // What reconciling gives back is settled by its own answer.
                None if callback.key.starts_with(&format!("{}/reconciled/", terms.provider_key)) => {
                    Hint::IsOld
                }
                None => Hint::DoesNotFit("no refund was asked for under that key"),
            }
        }
        _ if callback.amount != terms.amount => Hint::DoesNotFit("the charge is of another amount"),
        CallbackOutcome::Declined { .. } if is_earlier_attempt(payment, &callback.key) => Hint::IsOld,
        _ if callback.key != terms.provider_key => {
            Hint::DoesNotFit("no charge is under way, or done, under that key")
        }
        CallbackOutcome::Approved { code } => {
            Hint::Fits(PaymentCommand::RecordApproved { shop, approval_code: code.clone() })
        }
        CallbackOutcome::Declined { .. } if matches!(payment, Payment::Awaited { .. }) => Hint::IsOld,
        CallbackOutcome::Declined { reason } => {
            Hint::Fits(PaymentCommand::RecordDeclined { reason: reason.clone() })
        }
    }
}

/// Whether a key is that of an attempt before the one under way: it was declined.
fn is_earlier_attempt(payment: &Payment, key: &str) -> bool {
    let Some(approvals) = payment.terms().and_then(|terms| terms.by_customer.as_ref()) else {
        return false;
    };
    let attempt =
        key.strip_prefix(&format!("{}/", approvals.order)).and_then(|text| text.parse::<u32>().ok());
    attempt.is_some_and(|attempt| attempt < approvals.attempt)
}

fn quarantine(
    config: &PaymentConfig,
    callback: &Callback,
    subject: Option<&Subject>,
    why: &str,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    let terms = turn.state::<Payment>(callback.order.0)?.terms();
    let ours = terms.map_or_else(|| Money::zero(callback.amount.currency), |terms| terms.amount);
    let found = DiscrepancyFoundV1 {
        kind: DiscrepancyKind::CallbackMismatch,
        charge_key: callback.key.clone(),
        order: Some(callback.order),
        shop: subject.map(|subject| subject.shop.clone()),
        ours,
        theirs: callback.amount,
        remedy: Remedy::Disregard {},
        explanation: format!("a callback was disregarded: {why}"),
    };
    settle_discrepancy(config, found, turn)?;
    Ok(Reply::Callback { refused: Some(why.to_owned()) })
}
