//! Payment's own lists, written in the same turn as the facts.

mod closings;
mod deposits;
mod ledger;
mod payments;

use journal::StoreError;
use kernel::Subject;
use payment_contract::PaymentEvent;
use runtime::Turn;

pub use closings::CLOSINGS;
pub(crate) use closings::closing_id;
pub(crate) use deposits::WALK_IN;
pub use deposits::{DEPOSITS, HOLDS, HoldView, STATEMENTS};
pub(crate) use deposits::{deposit_view, follow as follow_deposit, hold_of};
pub use ledger::LEDGER;
pub(crate) use ledger::ledger_account;
pub(crate) use ledger::{post_all, write_posted};
pub use payments::PAYMENTS;
pub(crate) use payments::{payment_view, stands_outside_lists};

/// Brings the lists to where the new facts are.
pub(crate) fn follow(
    subject: &Subject,
    facts: &[PaymentEvent],
    turn: &mut Turn<'_>,
) -> Result<(), StoreError> {
    if facts.is_empty() {
        return Ok(());
    }
    payments::put(subject, turn)?;
    facts.iter().for_each(|fact| ledger::post(subject, fact, turn));
    Ok(())
}
