use kernel::Recorded;
use payment_domain::{Payment, PaymentCommand, VoidCause};
use runtime::{PolicyFailure, Turn};

use crate::carry_out::carry_out;
use crate::config::PaymentConfig;

/// What both endings of an order have in common.
pub(super) fn void_payment(
    config: &PaymentConfig,
    recorded: &Recorded,
    cause: VoidCause,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    let subject = &recorded.subject;
    let Some(order) = subject.order else {
        return Err(PolicyFailure::Poison("an order's event that names no order".to_owned()));
    };
    let executed = turn.execute::<Payment>(order.0, subject, PaymentCommand::Void(cause))?;
    carry_out(config, subject, &executed.events, turn)?;
    Ok(())
}
