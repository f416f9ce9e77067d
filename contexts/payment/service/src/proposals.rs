//! Refunds that wait for a second person: for so long, and no longer.

use journal::Timer;
use kernel::{Subject, Timestamp};
use payment_contract::PaymentEvent;
use payment_domain::{Payment, PaymentCommand, Withdrawer};
use runtime::{PolicyFailure, Turn};
use serde::{Deserialize, Serialize};

use crate::carry_out::carry_out;
use crate::config::PaymentConfig;

/// The kind of the timer that ends a proposal nobody confirms.
pub(crate) const EXPIRE_PROPOSAL: &str = "expire-proposal";

/// Which proposal's time is over. Its order waits for nothing, so that the timer names none.
#[derive(Debug, Serialize, Deserialize)]
struct Due {
    subject: Subject,
    proposal: u32,
}

/// Sets and ends the timers that new facts call for.
pub(crate) fn follow(subject: &Subject, facts: &[PaymentEvent], turn: &mut Turn<'_>) {
    for fact in facts {
        match fact {
            PaymentEvent::RefundProposed(wish) => {
                if let Some(at) = wish.expires_at {
                    wait(subject, wish.proposal, at, turn);
                }
            }
            PaymentEvent::RefundRequested(wish) => {
                if let Some(proposal) = wish.proposal {
                    turn.cancel_timer(key(subject, proposal));
                }
            }
            PaymentEvent::RefundWithdrawn(withdrawn) => {
                turn.cancel_timer(key(subject, withdrawn.proposal));
            }
            _ => {}
        }
    }
}

/// The time of a proposal is over: it is withdrawn, unless somebody was quicker.
pub(crate) fn on_timer(
    config: &PaymentConfig,
    timer: &Timer,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    let due: Due = serde_json::from_slice(&timer.payload)
        .map_err(|error| PolicyFailure::Poison(format!("{EXPIRE_PROPOSAL}: {error}")))?;
    let Some(order) = due.subject.order else { return Ok(()) };
    let command = PaymentCommand::WithdrawRefund { proposal: due.proposal, withdrawer: Withdrawer::Time };
    let executed = turn.execute::<Payment>(order.0, &due.subject, command)?;
    carry_out(config, &due.subject, &executed.events, turn)?;
    Ok(())
}

fn wait(subject: &Subject, proposal: u32, at: Timestamp, turn: &mut Turn<'_>) {
    let due = Due { subject: subject.clone(), proposal };
    turn.set_timer(Timer {
        key: key(subject, proposal),
        kind: EXPIRE_PROPOSAL.into(),
        at,
        order: None,
        attempt: 0,
        payload: serde_json::to_vec(&due).unwrap_or_default(),
    });
}

fn key(subject: &Subject, proposal: u32) -> String {
    let order = subject.order.map(|order| order.to_string()).unwrap_or_default();
    format!("{EXPIRE_PROPOSAL}/{order}/{proposal}")
}
