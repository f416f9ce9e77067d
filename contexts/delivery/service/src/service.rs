use std::ops::RangeInclusive;

use delivery_contract::ROLE;
use journal::{Reader, StoreError, Timer};
use kernel::Recorded;
use runtime::{Failure, PolicyFailure, Service, Turn};

use crate::command::{DeliveryRefusal, DeliveryReply, DeliveryStep};
use crate::idempotency;
use crate::shops::Shops;
use crate::{policies, timers, use_cases};

/// The service: what its one writer does.
#[derive(Debug, Clone, Default)]
pub struct DeliveryService {
    shops: Shops,
}

impl DeliveryService {
    /// The shops it has heard of, shared with the routes.
    #[must_use]
    pub fn shops(&self) -> Shops {
        self.shops.clone()
    }
}

impl Service for DeliveryService {
    type Command = DeliveryStep;
    type Reply = DeliveryReply;
    type Refusal = DeliveryRefusal;

    fn role(&self) -> &'static str {
        ROLE
    }

    fn sources(&self) -> &'static [&'static str] {
        policies::SOURCES
    }

    fn keeps_pace(&self) -> bool {
        true
    }

    fn linger_millis(&self) -> RangeInclusive<u64> {
        5..=20
    }

    fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.shops.reload(store)
    }

    fn on_command(
        &mut self,
        command: DeliveryStep,
        turn: &mut Turn<'_>,
    ) -> Result<DeliveryReply, Failure<DeliveryRefusal>> {
        let (key, order) = (command.key, command.order);
        idempotency::once(turn, key, order, |turn| use_cases::take_step(turn, &self.shops, command))
    }

    fn hears(&self, source: &str, event: &str) -> bool {
        policies::hears(source, event)
    }

    fn on_event(&mut self, source: &str, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        policies::apply(&self.shops, source, event, turn)
    }

    fn on_timer(&mut self, timer: &Timer, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        timers::fire(turn, &self.shops, timer)
    }
}
