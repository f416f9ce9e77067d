use inventory_contract::ROLE;
use journal::{Reader, StoreError, Timer};
use kernel::Recorded;
use runtime::{Failure, PolicyFailure, Service, Turn};

use crate::command::{InventoryCommand, InventoryRefusal, InventoryReply};
use crate::idempotency;
use crate::shops::Shops;
use crate::{policies, use_cases};

/// The service: what its one writer does.
#[derive(Debug, Clone, Default)]
pub struct InventoryService {
    shops: Shops,
}

impl InventoryService {
    /// The shops it has heard of, shared with the routes.
    #[must_use]
    pub fn shops(&self) -> Shops {
        self.shops.clone()
    }
}

impl Service for InventoryService {
    type Command = InventoryCommand;
    type Reply = InventoryReply;
    type Refusal = InventoryRefusal;

    fn role(&self) -> &'static str {
        ROLE
    }

    fn sources(&self) -> &'static [&'static str] {
        policies::SOURCES
    }

    fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.shops.reload(store)
    }

    fn on_command(
        &mut self,
        command: InventoryCommand,
        turn: &mut Turn<'_>,
    ) -> Result<InventoryReply, Failure<InventoryRefusal>> {
        let key = command.key;
        idempotency::once(turn, key, |turn| use_cases::change_stock(turn, &self.shops, command))
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
