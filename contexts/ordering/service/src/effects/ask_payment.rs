use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use catalog_contract::{PaymentTime, ShopLife};
use kernel::{OrderId, Subject};
use ordering_contract::OrderPlacedV1;
use payment_contract::{AskError, AskPayment, PaymentClient};
use runtime::{EffectRunner, EffectStart, Turn};

use crate::OrderingService;
use crate::command::OrderingCommand;
use crate::effects::ASK_PAYMENT;
use crate::timers::ask_key;

/// How long an ask may take before it is made again.
const LEASE_MILLIS: i64 = 10_000;

/// Plans the ask: made right after the commit, made again where no outcome is heard.
pub fn start_asking(
    turn: &mut Turn<'_>,
    life: &ShopLife,
    subject: &Subject,
    order: OrderId,
    placed: &OrderPlacedV1,
) {
    let by_customer = life.payment.when == PaymentTime::ByCustomer;
    let Some(method) = placed.payment_method.clone() else { return };
    let ask = AskPayment {
        order,
        shop: subject.shop.clone(),
        order_number: subject.order_number,
        customer: placed.customer.clone(),
        amount: placed.total,
        method,
        by_customer,
    };
    let payload = serde_json::to_vec(&ask).unwrap_or_default();
    turn.start_effect(ask_key(order), ASK_PAYMENT, Some(order), payload, LEASE_MILLIS);
}

/// Asks payment through a client, near or far.
pub struct AskPaymentEffect {
    client: Arc<dyn PaymentClient>,
}

impl AskPaymentEffect {
    /// Through this client.
    #[must_use]
    pub fn new(client: Arc<dyn PaymentClient>) -> Self {
        Self { client }
    }
}

impl EffectRunner<OrderingService> for AskPaymentEffect {
    fn run(&self, effect: EffectStart) -> Pin<Box<dyn Future<Output = Option<OrderingCommand>> + Send + '_>> {
        Box::pin(async move {
            let ask: AskPayment = serde_json::from_slice(&effect.payload).ok()?;
            let order = ask.order;
            match self.client.ask(ask).await {
                // What became of it is told by payment's events.
                Ok(()) => None,
                Err(error @ (AskError::Refused(_) | AskError::NotTaken(_) | AskError::OutcomeUnknown(_))) => {
                    tracing::warn!(%order, %error, "payment could not be asked");
                    Some(OrderingCommand::AbandonPayment { order })
                }
            }
        })
    }
}
