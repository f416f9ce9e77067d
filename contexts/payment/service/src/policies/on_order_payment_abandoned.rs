use kernel::Recorded;
use payment_domain::VoidCause;
use runtime::{PolicyFailure, Turn};

use super::void_payment::void_payment;
use crate::config::PaymentConfig;

/// Whenever nobody waits for a payment any longer, it is voided: nothing moves, or all of it goes back.
pub(super) fn on_order_payment_abandoned(
    config: &PaymentConfig,
    recorded: &Recorded,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    void_payment(config, recorded, VoidCause::Abandoned, turn)
}
