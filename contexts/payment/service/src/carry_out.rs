//! What follows from new facts within the context: the deposit pays, effects start, timers are set,
//! lists move.

use journal::StoreError;
use kernel::Subject;
use payment_contract::PaymentEvent;
use runtime::Turn;

use crate::config::PaymentConfig;
use crate::{deposits, effects, proposals, views};

/// Carries out what new facts of a payment call for; answers all facts that there are now.
pub(crate) fn carry_out(
    config: &PaymentConfig,
    subject: &Subject,
    facts: &[PaymentEvent],
    turn: &mut Turn<'_>,
) -> Result<Vec<PaymentEvent>, StoreError> {
    let facts = deposits::settle(subject, facts, turn)?;
    effects::follow(config, subject, &facts, turn)?;
    proposals::follow(subject, &facts, turn);
    views::follow(subject, &facts, turn)?;
    Ok(facts)
}
