use std::ops::RangeInclusive;

use journal::{Reader, StoreError, Timer};
use kernel::Recorded;
use runtime::{Failure, PolicyFailure, Service, Turn};

use crate::command::{Command, Refusal, Reply};
use crate::config::PaymentConfig;
use crate::shops::Shops;
use crate::{policies, proposals, use_cases, views};

/// The roles that payment follows.
const SOURCES: &[&str] = &["ordering", "catalog"];

/// Payment, as the runtime runs it.
#[derive(Debug, Default)]
pub struct PaymentService {
    config: PaymentConfig,
    shops: Shops,
}

impl PaymentService {
    /// With these settings, and the shops to be known to its routes too.
    #[must_use]
    pub const fn new(config: PaymentConfig, shops: Shops) -> Self {
        Self { config, shops }
    }

    /// The shops it has heard of; shared with its routes.
    #[must_use]
    pub const fn shops(&self) -> &Shops {
        &self.shops
    }
}

impl Service for PaymentService {
    type Command = Command;
    type Reply = Reply;
    type Refusal = Refusal;

    fn role(&self) -> &'static str {
        payment_contract::ROLE
    }

    fn sources(&self) -> &'static [&'static str] {
        SOURCES
    }

    /// It is asked for money by command; what it hears of orders is to give back, and to open accounts.
    fn linger_millis(&self) -> RangeInclusive<u64> {
        2..=5
    }

    fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.shops.reload(store)
    }

    fn on_command(&mut self, command: Command, turn: &mut Turn<'_>) -> Result<Reply, Failure<Refusal>> {
        use_cases::run(&self.config, &self.shops, command, turn)
    }

    fn hears(&self, source: &str, event: &str) -> bool {
        policies::hears(source, event)
    }

    fn on_event(&mut self, source: &str, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        policies::run(&self.config, &self.shops, source, event, turn)
    }

    fn on_batch_end(&mut self, turn: &mut Turn<'_>) -> Result<(), StoreError> {
        views::write_posted(turn)
    }

    fn on_timer(&mut self, timer: &Timer, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        if timer.kind == proposals::EXPIRE_PROPOSAL {
            return proposals::on_timer(&self.config, timer, turn);
        }
        if !runtime::forget_keys(timer, turn) {
            tracing::warn!(kind = %timer.kind, "a timer of an unknown kind came due");
        }
        Ok(())
    }
}
