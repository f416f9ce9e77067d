//! How long an effect is worked on, call by call.

use std::sync::Arc;
use std::time::Duration;

use kernel::Causation;
use payment_service::effects::{ChargeKind, ChargeOutcome, ChargeWork, ProviderRunner};
use payment_service::provider::{Answering, Provider, ProviderAnswer, ProviderCall};
use payment_service::{Command, PaymentConfig};
use runtime::{EffectRunner as _, EffectStart};
use uuid::Uuid;

use crate::house::{PRICE, cafe, order, won};

/// A provider that knows of no charge, and says nothing to whoever asks for one.
struct Silent;

impl Provider for Silent {
    fn call(&self, call: ProviderCall) -> Answering<'_> {
        match call {
            ProviderCall::Query { .. } => Box::pin(std::future::ready(ProviderAnswer::NotFound)),
            _ => Box::pin(std::future::pending()),
        }
    }
}

#[tokio::test]
async fn all_calls_of_an_attempt_together_end_before_its_lease() {
    // given a call that may take longer than the lease of the attempt that it belongs to
    let config =
        PaymentConfig { call_timeout_millis: 24 * 3_600_000, lease_millis: 100, ..PaymentConfig::default() };
    let work = ChargeWork {
        kind: ChargeKind::Authorize,
        order: order(1),
        shop: cafe(),
        order_number: 1,
        key: format!("{}/1", order(1)),
        amount: won(PRICE),
        method: "tok_approve".to_owned(),
    };
    let effect = EffectStart {
        key: "authorize".to_owned(),
        kind: ChargeKind::Authorize.as_str().to_owned(),
        order: Some(order(1)),
        attempt: 2,
        payload: serde_json::to_vec(&work).unwrap(),
        causation: Causation::command(Uuid::nil()),
    };

    // when the attempt asks what became of the charge, and then for the money
    let runner = ProviderRunner::new(Arc::new(Silent), &config);
    let ended = tokio::time::timeout(Duration::from_secs(60), runner.run(effect)).await;

    // then it ends, and what became of it is not known
    let Ok(Some(Command::RecordCharge { attempt: 2, outcome, .. })) = ended else { panic!("{ended:?}") };
    assert_eq!(outcome, ChargeOutcome::Unknown { cause: "no answer in time".to_owned() });
}
