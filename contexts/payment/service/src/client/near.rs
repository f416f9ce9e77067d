use kernel::{Actor, Causation};
use payment_contract::{AskError, AskPayment, Asking, PaymentClient};
use runtime::{CallError, Handle};

use super::switch::PaymentSwitch;
use crate::command::{Command, Refusal};
use crate::service::PaymentService;

/// Payment in the same program.
#[derive(Debug, Clone)]
pub struct NearPayment {
    handle: Handle<PaymentService>,
    switch: PaymentSwitch,
}

impl NearPayment {
    /// Behind this switch.
    #[must_use]
    pub const fn new(handle: Handle<PaymentService>, switch: PaymentSwitch) -> Self {
        Self { handle, switch }
    }
}

impl PaymentClient for NearPayment {
    fn ask(&self, ask: AskPayment) -> Asking {
        let Self { handle, switch } = self.clone();
        Box::pin(async move {
            switch.pass().await?;
            // The command that placed the order is what causes its payment.
            let causation = Causation::command(ask.order.0);
            match handle.call(Command::Ask(ask), Actor::system(), causation).await {
                Ok(_) => Ok(()),
                Err(error) => Err(ask_error(error)),
            }
        })
    }
}

fn ask_error(error: CallError<Refusal>) -> AskError {
    match error {
        CallError::Refused(refusal @ Refusal::ShopNotHeardOf) => AskError::NotTaken(refusal.to_string()),
        CallError::Refused(refusal) => AskError::Refused(refusal.to_string()),
        CallError::Overloaded => AskError::NotTaken("too much is waiting there".to_owned()),
        CallError::Broken(error) => AskError::OutcomeUnknown(error.to_string()),
        CallError::Stopped => AskError::OutcomeUnknown("it is stopping".to_owned()),
    }
}
