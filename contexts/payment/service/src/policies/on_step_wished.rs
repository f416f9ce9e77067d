use kernel::Recorded;
use ordering_contract::{OrderStepWishedV1, WishedStep};
use payment_domain::{Payment, PaymentCommand};
use runtime::{Failure, PolicyFailure, Turn};

use crate::carry_out::carry_out;
use crate::config::PaymentConfig;

/// Whenever the customer approved a payment while payment could not be asked, it is approved now. Where
/// it is not asked for yet the wish is told again once it awaits its approval; one that waits for none
/// any longer falls.
pub(super) fn on_step_wished(
    config: &PaymentConfig,
    recorded: &Recorded,
    wished: &OrderStepWishedV1,
    turn: &mut Turn<'_>,
) -> Result<(), PolicyFailure> {
    if wished.step != WishedStep::ApprovePayment {
        return Ok(());
    }
    let Some(order) = recorded.subject.order else {
        return Err(PolicyFailure::Poison("an order's event that names no order".to_owned()));
    };
    let command = PaymentCommand::Approve { method: None, at: turn.now() };
    match turn.execute::<Payment>(order.0, &recorded.subject, command) {
        Ok(executed) => {
            carry_out(config, &recorded.subject, &executed.events, turn)?;
            Ok(())
        }
        Err(Failure::Refused(_)) => Ok(()),
        Err(Failure::Broken(error)) => Err(PolicyFailure::Broken(error)),
    }
}
