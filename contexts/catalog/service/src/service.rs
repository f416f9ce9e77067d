use catalog_contract::ROLE;
use journal::{Reader, StoreError, Timer};
use kernel::Recorded;
use runtime::{Failure, PolicyFailure, Service, Turn};

use crate::command::{CatalogCommand, CatalogRefusal, CatalogReply};
use crate::{timers, use_cases};

/// The service: what its one writer does. It remembers nothing beside its store.
#[derive(Debug, Clone, Copy, Default)]
pub struct CatalogService;

impl Service for CatalogService {
    type Command = CatalogCommand;
    type Reply = CatalogReply;
    type Refusal = CatalogRefusal;

    fn role(&self) -> &'static str {
        ROLE
    }

    fn sources(&self) -> &'static [&'static str] {
        &[]
    }

    fn reload(&mut self, _: &mut dyn Reader) -> Result<(), StoreError> {
        Ok(())
    }

    fn on_command(
        &mut self,
        command: CatalogCommand,
        turn: &mut Turn<'_>,
    ) -> Result<CatalogReply, Failure<CatalogRefusal>> {
        use_cases::perform(turn, command)
    }

    fn on_event(&mut self, source: &str, _: &Recorded, _: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        Err(PolicyFailure::Poison(format!("the catalog follows nobody, and not {source}")))
    }

    fn on_timer(&mut self, timer: &Timer, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        timers::fire(turn, timer)
    }
}
