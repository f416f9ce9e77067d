use std::ops::RangeInclusive;

use journal::{Reader, StoreError, Timer};
use kernel::Recorded;
use notification_contract::ROLE;
use runtime::{Failure, PolicyFailure, Service, Turn};

use crate::callable::Callable;
use crate::command::{NotificationCommand, NotificationRefusal, NotificationReply};
use crate::config::NotificationConfig;
use crate::shops::Shops;
use crate::{policies, use_cases};

/// The service: what its one writer does.
#[derive(Debug, Clone, Default)]
pub struct NotificationService {
    config: NotificationConfig,
    shops: Shops,
    callable: Callable,
}

impl NotificationService {
    /// With these settings.
    #[must_use]
    pub fn new(config: NotificationConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// The shops it has heard of, shared with the routes.
    #[must_use]
    pub fn shops(&self) -> Shops {
        self.shops.clone()
    }
}

impl Service for NotificationService {
    type Command = NotificationCommand;
    type Reply = NotificationReply;
    type Refusal = NotificationRefusal;

    fn role(&self) -> &'static str {
        ROLE
    }

    fn sources(&self) -> &'static [&'static str] {
        policies::SOURCES
    }

    /// No order waits for its messages: they are cheaper done together.
    fn linger_millis(&self) -> RangeInclusive<u64> {
        10..=50
    }

    fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.callable.reload(store)?;
        self.shops.reload(store)
    }

    fn on_command(
        &mut self,
        command: NotificationCommand,
        turn: &mut Turn<'_>,
    ) -> Result<NotificationReply, Failure<NotificationRefusal>> {
        use_cases::run(&self.config, &self.shops, &mut self.callable, command, turn)
    }

    fn hears(&self, source: &str, event: &str) -> bool {
        policies::hears(source, event)
    }

    fn on_event(&mut self, source: &str, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        policies::apply(&self.config, &self.shops, &self.callable, source, event, turn)
    }

    fn on_timer(&mut self, timer: &Timer, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        runtime::forget_keys(timer, turn);
        Ok(())
    }
}
