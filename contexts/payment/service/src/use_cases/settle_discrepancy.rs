use journal::{StoreError, chain};
use kernel::Subject;
use payment_contract::{DiscrepancyEvent, DiscrepancyFoundV1, Remedy};
use payment_domain::{Discrepancy, DiscrepancyCommand, Payment, PaymentCommand, discrepancy_shop};
use runtime::{Failure, Turn};
use uuid::Uuid;

use crate::carry_out::carry_out;
use crate::command::{Refusal, Reply};
use crate::config::PaymentConfig;
use crate::effects::{self, CorrectionWork, RefundOutcome};
use crate::views;

/// The books differ: it is kept, and what makes them agree is set in motion, once.
pub(super) fn settle_discrepancy(
    config: &PaymentConfig,
    found: DiscrepancyFoundV1,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    let id = id_of(&found);
    let subject = Subject::shop(discrepancy_shop(&found));
    let find = DiscrepancyCommand::Find(Box::new(found.clone()));
    let executed = turn.execute::<Discrepancy>(id, &subject, find).map_err(never)?;
    if executed.events.is_empty() {
        return Ok(Reply::Taken);
    }
    tracing::error!(kind = found.kind.as_str(), key = found.charge_key, "{}", found.explanation);
    match &found.remedy {
        Remedy::RefundThere { amount, key } => {
            let work = CorrectionWork {
                discrepancy: id,
                order: found.order,
                key: key.clone(),
                charge_key: found.charge_key.clone(),
                amount: *amount,
            };
            effects::start_correction(config, &work, turn);
            return Ok(Reply::Taken);
        }
        Remedy::RecordHere { approval_code } => record(config, &found, approval_code, turn)?,
        Remedy::WriteOff { .. } | Remedy::Disregard {} => {}
    }
    settle(id, &subject, turn)?;
    Ok(Reply::Taken)
}

/// What the provider was to give back is back, or is asked for again.
pub(super) fn record_correction(
    config: &PaymentConfig,
    work: &CorrectionWork,
    attempt: u32,
    outcome: &RefundOutcome,
    turn: &mut Turn<'_>,
) -> Result<Reply, Failure<Refusal>> {
    if let RefundOutcome::Unknown { cause } | RefundOutcome::Refused { reason: cause } = outcome {
        tracing::warn!(key = work.key, attempt, cause, "a correction is not known to be done");
        effects::correct_again(config, work, attempt, turn);
        return Ok(Reply::Taken);
    }
    let shop = match turn.state::<Discrepancy>(work.discrepancy)? {
        Discrepancy::Found(found) => Some(discrepancy_shop(found)),
        Discrepancy::Unseen | Discrepancy::Settled => None,
    };
    if let Some(shop) = shop {
        settle(work.discrepancy, &Subject::shop(shop), turn)?;
    }
    turn.finish_effect(work.effect_key());
    Ok(Reply::Taken)
}

/// A capture that we took for declined or void: it is recorded, and called back where nobody wants it.
fn record(
    config: &PaymentConfig,
    found: &DiscrepancyFoundV1,
    approval_code: &str,
    turn: &mut Turn<'_>,
) -> Result<(), Failure<Refusal>> {
    let Some(order) = found.order else { return Ok(()) };
    let Some(row) = turn.row(views::PAYMENTS, order.0)? else { return Ok(()) };
    let subject = Subject::order(row.shop, order, row.number);
    let approval_code = approval_code.to_owned();
    let command = PaymentCommand::RecordApproved { shop: subject.shop.clone(), approval_code };
    let executed = turn
        .execute::<Payment>(order.0, &subject, command)
        .map_err(|failure| failure.map_refusal(Refusal::Rejected))?;
    carry_out(config, &subject, &executed.events, turn)?;
    Ok(())
}

fn settle(id: Uuid, subject: &Subject, turn: &mut Turn<'_>) -> Result<(), Failure<Refusal>> {
    let executed = turn.execute::<Discrepancy>(id, subject, DiscrepancyCommand::Settle).map_err(never)?;
    for event in &executed.events {
        if let DiscrepancyEvent::Settled(settled) = event {
            tracing::info!(kind = settled.kind.as_str(), key = settled.charge_key, "the books agree again");
            views::post_all(subject, &settled.postings, turn);
        }
    }
    Ok(())
}

fn id_of(found: &DiscrepancyFoundV1) -> Uuid {
    // A lost refund is one of several that a charge may have.
    let refund = match &found.remedy {
        Remedy::RefundThere { key, .. } => key.clone(),
        Remedy::RecordHere { .. } | Remedy::WriteOff { .. } => String::new(),
        // The same callback again is the same difference.
        Remedy::Disregard {} => {
            format!("{}/{:?}/{}", found.theirs, found.order, found.explanation)
        }
    };
    let name = format!("discrepancy/{}/{}/{refund}", found.kind.as_str(), found.charge_key);
    Uuid::from_bytes(chain::digest(name.as_bytes()))
}

fn never(failure: Failure<std::convert::Infallible>) -> Failure<Refusal> {
    match failure {
        Failure::Broken(error) => Failure::Broken(error),
        Failure::Refused(_) => Failure::Broken(StoreError::Unfit("a difference refuses nothing".to_owned())),
    }
}
