use kernel::Recorded;
use ordering_contract::OrderCancelledV1;
use payment_domain::VoidCause;
use runtime::{PolicyFailure, Turn};

use super::void_payment::void_payment;
use crate::config::PaymentConfig;

/// Whenever an order that may have cost money is cancelled, the money goes back.
pub(super) fn on_order_cancelled(
    config: &PaymentConfig,
    recorded: &Recorded,
    cancelled: &OrderCancelledV1,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    if cancelled.calls_money_back {
        void_payment(config, recorded, VoidCause::Cancelled, turn)
    } else {
        Ok(())
    }
}
