//! What is paid from a deposit is paid as soon as it is asked for: payment and account are one writer's,
//! so that the facts of both are committed together and nobody outside is called. Where an order waits
//! for something before its payment is asked for, its money is held meanwhile.

use journal::{StoreError, chain};
use kernel::{CustomerId, Money, ShopKey, Subject};
use payment_contract::{DepositEvent, PaymentEvent};
use payment_domain::{DepositAccount, DepositCommand, DepositRejection, Payment, PaymentCommand, Terms};
use runtime::{Failure, Turn};
use uuid::Uuid;

use crate::views;

/// The account's id: one per customer and shop, and one for those who say no name.
#[must_use]
pub fn account_id(shop: &ShopKey, customer: Option<&CustomerId>) -> Uuid {
    let name = payment_domain::deposit_account(customer);
    Uuid::from_bytes(chain::digest(format!("{shop}/{name}").as_bytes()))
}

/// Lets an account decide, and brings its lists to where it is.
pub(crate) fn execute(
    subject: &Subject,
    customer: Option<&CustomerId>,
    command: DepositCommand,
    turn: &mut Turn<'_>,
) -> Result<Vec<DepositEvent>, Failure<DepositRejection>> {
    let id = account_id(&subject.shop, customer);
    let before = turn.version::<DepositAccount>(id)?;
    let executed = turn.execute::<DepositAccount>(id, subject, command)?;
    views::follow_deposit(id, subject, before, &executed.events, turn)?;
    Ok(executed.events)
}

/// Sets an order's money aside until it is asked for; nothing where the account does not cover it, which
/// the ask will find out too.
pub(crate) fn hold(
    subject: &Subject,
    customer: Option<&CustomerId>,
    amount: Money,
    turn: &mut Turn<'_>,
) -> Result<(), StoreError> {
    let Some(order) = subject.order else { return Ok(()) };
    match execute(subject, customer, DepositCommand::Hold { order, amount }, turn) {
        Ok(_) => Ok(()),
        Err(Failure::Refused(rejection)) => {
            tracing::info!(%order, %rejection, "nothing is held for an order");
            Ok(())
        }
        Err(Failure::Broken(error)) => Err(error),
    }
}

/// Sets free what is still held for an order that ended.
pub(crate) fn release(subject: &Subject, turn: &mut Turn<'_>) -> Result<(), StoreError> {
    let Some(order) = subject.order else { return Ok(()) };
    let Some(hold) = views::hold_of(order, turn)? else { return Ok(()) };
    execute(subject, hold.customer.as_ref(), DepositCommand::Release { order }, turn).map_err(unexpected)?;
    Ok(())
}

/// The facts of a payment, and what follows from them at once where a deposit pays.
pub(crate) fn settle(
    subject: &Subject,
    facts: &[PaymentEvent],
    turn: &mut Turn<'_>,
) -> Result<Vec<PaymentEvent>, StoreError> {
    let mut all = facts.to_vec();
    let Some(order) = subject.order else {
        return Ok(all);
    };
    for fact in facts {
        let Some(terms) = turn.state::<Payment>(order.0)?.terms().filter(|terms| terms.is_deposit()).cloned()
        else {
            return Ok(all);
        };
        if let Some(command) = outcome(subject, &terms, fact, turn)? {
            let executed = turn.execute::<Payment>(order.0, subject, command).map_err(unexpected)?;
            all.extend(executed.events);
        }
    }
    Ok(all)
}

/// What the account says to a fact of a payment.
fn outcome(
    subject: &Subject,
    terms: &Terms,
    fact: &PaymentEvent,
    turn: &mut Turn<'_>,
) -> Result<Option<PaymentCommand>, StoreError> {
    let (Some(order), customer) = (subject.order, terms.customer.as_ref()) else {
        return Ok(None);
    };
    match fact {
        PaymentEvent::Requested(requested) => {
            let capture = DepositCommand::Capture { order, amount: requested.amount };
            match execute(subject, customer, capture, turn) {
                Ok(_) => {
                    let line = turn.version::<DepositAccount>(account_id(&subject.shop, customer))?;
                    let approval_code = format!("DP-{line:08}");
                    Ok(Some(PaymentCommand::RecordApproved { shop: subject.shop.clone(), approval_code }))
                }
                Err(Failure::Refused(rejection)) => {
                    Ok(Some(PaymentCommand::RecordDeclined { reason: rejection.to_string() }))
                }
                Err(Failure::Broken(error)) => Err(error),
            }
        }
        PaymentEvent::RefundRequested(wish) => {
            let refund = DepositCommand::Refund { order, step: wish.step, amount: wish.amount };
            execute(subject, customer, refund, turn).map_err(unexpected)?;
            Ok(Some(PaymentCommand::RecordRefunded { shop: subject.shop.clone(), step: wish.step }))
        }
        _ => Ok(None),
    }
}

/// What was captured from an account can be given back to it: a no is a damaged store.
fn unexpected<R: std::fmt::Display>(failure: Failure<R>) -> StoreError {
    match failure {
        Failure::Broken(error) => error,
        Failure::Refused(rejection) => StoreError::Unfit(format!("a deposit's payment: {rejection}")),
    }
}
