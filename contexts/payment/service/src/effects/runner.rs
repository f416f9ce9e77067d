//! Performs the effects through a provider, with patience of our own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use runtime::{EffectRunner, EffectStart};
use tokio::time::Instant;

use super::errand::{Errand, Step};
use crate::command::Command;
use crate::config::PaymentConfig;
use crate::provider::{Provider, ProviderAnswer, ProviderCall};
use crate::service::PaymentService;

/// Runs payment's effects.
pub struct ProviderRunner {
    provider: Arc<dyn Provider>,
    call_timeout: Duration,
    errand_timeout: Duration,
}

impl ProviderRunner {
    /// Through this provider.
    #[must_use]
    pub fn new(provider: Arc<dyn Provider>, config: &PaymentConfig) -> Self {
        Self {
            provider,
            call_timeout: Duration::from_millis(config.call_timeout_millis),
            errand_timeout: Duration::from_millis(config.errand_timeout_millis()),
        }
    }

    async fn perform(&self, effect: EffectStart) -> Option<Command> {
        let Some(mut errand) = Errand::of(&effect) else {
            tracing::error!(kind = effect.kind, "an effect that payment does not know");
            return None;
        };
        // One end for all of its calls: the lease, and with it the next attempt, asks after no single call.
        let end = Instant::now() + self.errand_timeout;
        loop {
            let answer = self.ask(errand.call(), end).await;
            match errand.answered(answer) {
                Step::Call(next) => errand = next,
                Step::Done(command) => return Some(command),
            }
        }
    }

    async fn ask(&self, call: ProviderCall, end: Instant) -> ProviderAnswer {
        let until = end.min(Instant::now() + self.call_timeout);
        match tokio::time::timeout_at(until, self.provider.call(call)).await {
            Ok(answer) => answer,
            Err(_) => ProviderAnswer::Unknown { cause: "no answer in time".to_owned() },
        }
    }
}

impl EffectRunner<PaymentService> for ProviderRunner {
    fn run(&self, effect: EffectStart) -> Pin<Box<dyn Future<Output = Option<Command>> + Send + '_>> {
        Box::pin(self.perform(effect))
    }
}
