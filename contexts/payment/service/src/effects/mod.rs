//! What payment does in the world, from committed intents: one kind per file, listed here.
//!
//! An intent and its lease are committed together ([`follow`]); after the commit the work is done
//! outside the writer, call by call ([`Errand`]), and its result comes back as a command. Whoever
//! runs the calls - the program through a [`Provider`](crate::provider::Provider), a simulator by
//! hand - steps the same machine.

mod charge;
mod correct;
mod errand;
mod refund;
mod runner;

use kernel::Subject;
use payment_contract::PaymentEvent;
use payment_domain::Payment;
use runtime::Turn;

pub use charge::{ChargeKind, ChargeOutcome, ChargeWork};
pub use correct::CorrectionWork;
pub use errand::{Errand, Step};
pub use refund::{RefundOutcome, RefundWork};
pub use runner::ProviderRunner;

use crate::config::PaymentConfig;
pub(crate) use charge::charge_again;
pub(crate) use correct::{correct_again, start_correction};
pub(crate) use refund::{finish_refund, refund_again};

/// Starts and ends the work that new facts call for.
pub(crate) fn follow(
    config: &PaymentConfig,
    subject: &Subject,
    facts: &[PaymentEvent],
    turn: &mut Turn<'_>,
) -> Result<(), journal::StoreError> {
    let Some(order) = subject.order else {
        return Ok(());
    };
    for fact in facts {
        let Some(terms) = turn.state::<Payment>(order.0)?.terms().cloned() else {
            return Ok(());
        };
        // A deposit has paid, or not, by now.
        if terms.is_deposit() {
            return Ok(());
        }
        match fact {
            PaymentEvent::Requested(_) => {
                charge::start(config, &ChargeWork::new(ChargeKind::Authorize, subject, order, &terms), turn);
            }
            PaymentEvent::VoidRequested(_) => {
                // From here on the charge is only called off, no longer asked for.
                charge::finish(&[ChargeKind::Authorize], order, turn);
                charge::start(config, &ChargeWork::new(ChargeKind::Withdraw, subject, order, &terms), turn);
            }
            PaymentEvent::RefundRequested(wish) => {
                refund::start(config, &RefundWork::new(subject, order, &terms, wish), turn);
            }
            // Approved and called back at once: it was being called off.
            PaymentEvent::Approved(_) if facts.len() > 1 => {
                charge::finish(&[ChargeKind::Authorize, ChargeKind::Withdraw], order, turn);
            }
            PaymentEvent::Approved(_) | PaymentEvent::Declined(_) | PaymentEvent::AttemptDeclined(_) => {
                charge::finish(&[ChargeKind::Authorize], order, turn)
            }
            PaymentEvent::Voided(_) => charge::finish(&[ChargeKind::Withdraw], order, turn),
            PaymentEvent::Awaited(_)
            | PaymentEvent::RefundProposed(_)
            | PaymentEvent::RefundWithdrawn(_)
            | PaymentEvent::RefundImpossible(_)
            | PaymentEvent::OutcomeUnknown(_)
            | PaymentEvent::Refunded(_) => {}
        }
    }
    Ok(())
}
