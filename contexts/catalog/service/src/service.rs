use catalog_contract::ROLE;
use journal::{Reader, StoreError, Timer};
use kernel::Recorded;
use runtime::{Failure, PolicyFailure, Service, Turn};

use crate::command::{CatalogCommand, CatalogRefusal, CatalogReply};
use crate::short_stock::ShortStock;
use crate::{policies, timers, use_cases};

/// The service: what its one writer does.
#[derive(Debug, Clone, Default)]
pub struct CatalogService {
    short: ShortStock,
}

impl Service for CatalogService {
    type Command = CatalogCommand;
    type Reply = CatalogReply;
    type Refusal = CatalogRefusal;

    fn role(&self) -> &'static str {
        ROLE
    }

    fn sources(&self) -> &'static [&'static str] {
        policies::SOURCES
    }

    fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.short.reload(store)
    }

    fn on_command(
        &mut self,
        command: CatalogCommand,
        turn: &mut Turn<'_>,
    ) -> Result<CatalogReply, Failure<CatalogRefusal>> {
        use_cases::perform(turn, &self.short, command)
    }

    fn hears(&self, _: &str, event: &str) -> bool {
        policies::hears(event)
    }

    fn on_event(&mut self, source: &str, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        policies::apply(&mut self.short, source, event, turn)
    }

    fn on_timer(&mut self, timer: &Timer, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        timers::fire(turn, timer)
    }
}
