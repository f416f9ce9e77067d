use std::ops::RangeInclusive;

use journal::{Reader, StoreError, Timer};
use kernel::Recorded;
use kitchen_contract::ROLE;
use runtime::{Failure, PolicyFailure, Service, Turn};

use crate::command::{KitchenCommand, KitchenRefusal, KitchenReply};
use crate::idempotency;
use crate::shops::Shops;
use crate::{policies, use_cases};

/// The service: what its one writer does.
#[derive(Debug, Clone, Default)]
pub struct KitchenService {
    shops: Shops,
}

impl KitchenService {
    /// The shops it has heard of, shared with the routes.
    #[must_use]
    pub fn shops(&self) -> Shops {
        self.shops.clone()
    }
}

impl Service for KitchenService {
    type Command = KitchenCommand;
    type Reply = KitchenReply;
    type Refusal = KitchenRefusal;

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
        1..=20
    }

    fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.shops.reload(store)
    }

    fn on_command(
        &mut self,
        command: KitchenCommand,
        turn: &mut Turn<'_>,
    ) -> Result<KitchenReply, Failure<KitchenRefusal>> {
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
        runtime::forget_keys(timer, turn);
        Ok(())
    }
}
