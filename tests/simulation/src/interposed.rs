use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use journal::{Reader, StoreError, Timer};
use kernel::Recorded;
use runtime::{Failure, PolicyFailure, Service, Turn};
use uuid::Uuid;

/// How an event is broken on its way into a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Poison {
    /// Its bytes cannot be read.
    Garbage,
    /// Its version is from the future.
    UnknownVersion,
    /// The policy panics over it.
    Panics,
}

/// What a policy was told, and how that ended; the batch may still come to nothing.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) source: String,
    pub(crate) position: u64,
    pub(crate) blocks: Uuid,
    pub(crate) applied: bool,
    pub(crate) poisoned: bool,
    /// Whether it was broken on its way in.
    pub(crate) injected: bool,
    /// Why it could not be applied.
    pub(crate) cause: String,
}

/// Shared between a role's lives: which events are poison for it, and what its policies were told.
#[derive(Clone, Default)]
pub(crate) struct Interposition(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    poison: BTreeMap<(String, u64), Poison>,
    told: Vec<Told>,
    failed_timers: Vec<(String, String)>,
}

impl Interposition {
    /// Breaks an event for this role until [`Self::heal`].
    pub(crate) fn poison(&self, source: &str, position: u64, poison: Poison) {
        self.lock().poison.insert((source.to_owned(), position), poison);
    }

    /// The program is repaired: nothing is poison any longer.
    pub(crate) fn heal(&self) {
        self.lock().poison.clear();
    }

    /// What policies were told since this was last asked.
    pub(crate) fn told(&self) -> Vec<Told> {
        std::mem::take(&mut self.lock().told)
    }

    /// Timers that could not be done since this was last asked, and why.
    pub(crate) fn failed_timers(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.lock().failed_timers)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A service as the product has it, seen and disturbed where events come in.
pub(crate) struct Interposed<S> {
    service: S,
    interposition: Interposition,
}

/// The text of an injected panic: it is not printed.
pub(crate) const INJECTED_PANIC: &str = "injected panic";

impl<S> Interposed<S> {
    pub(crate) const fn new(service: S, interposition: Interposition) -> Self {
        Self { service, interposition }
    }
}

impl<S: Service> Interposed<S> {
    /// The service as the product has it.
    pub(crate) const fn inner(&self) -> &S {
        &self.service
    }

    fn tell(
        &mut self,
        source: &str,
        event: &Recorded,
        poison: Option<Poison>,
        turn: &mut Turn<'_>,
    ) -> Result<(), PolicyFailure> {
        // Everything is seen here; what the service does not hear passes it by.
        if !self.service.hears(source, event.name()) {
            return Ok(());
        }
        let broken = match poison {
            None => return self.service.on_event(source, event, turn),
            Some(Poison::Panics) => std::panic::panic_any(INJECTED_PANIC),
            Some(Poison::Garbage) => Recorded { data: b"{\"\xff".to_vec(), ..event.clone() },
            Some(Poison::UnknownVersion) => {
                Recorded { event_type: event.event_type.replace(".v1", ".v99").into(), ..event.clone() }
            }
        };
        self.service.on_event(source, &broken, turn)?;
        // Whoever does not look at such events does not stumble over them either.
        self.service.on_event(source, event, turn)
    }
}

impl<S: Service> Service for Interposed<S> {
    type Command = S::Command;
    type Reply = S::Reply;
    type Refusal = S::Refusal;

    fn role(&self) -> &'static str {
        self.service.role()
    }

    fn sources(&self) -> &'static [&'static str] {
        self.service.sources()
    }

    fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.service.reload(store)
    }

    fn on_command(
        &mut self,
        command: S::Command,
        turn: &mut Turn<'_>,
    ) -> Result<S::Reply, Failure<S::Refusal>> {
        self.service.on_command(command, turn)
    }

    fn on_event(&mut self, source: &str, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        let mut told = Told {
            source: source.to_owned(),
            position: event.position,
            blocks: event.subject.order.map_or(event.stream_id, |order| order.0),
            applied: false,
            poisoned: true,
            injected: false,
            cause: "it panicked".to_owned(),
        };
        let poison = {
            let mut inner = self.interposition.lock();
            let poison = inner.poison.get(&(told.source.clone(), event.position)).copied();
            told.injected = poison.is_some();
            // A panic does not come back here: what is told beforehand is replaced afterwards.
            inner.told.push(told.clone());
            poison
        };
        let result = self.tell(source, event, poison, turn);
        told.applied = result.is_ok();
        told.poisoned = matches!(result, Err(PolicyFailure::Poison(_)));
        told.cause = result.as_ref().err().map(|failure| format!("{failure:?}")).unwrap_or_default();
        let mut inner = self.interposition.lock();
        inner.told.pop();
        inner.told.push(told);
        drop(inner);
        result
    }

    fn on_timer(&mut self, timer: &Timer, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        self.interposition.lock().failed_timers.push((timer.key.clone(), "it panicked".to_owned()));
        let result = self.service.on_timer(timer, turn);
        let mut inner = self.interposition.lock();
        inner.failed_timers.pop();
        if let Err(PolicyFailure::Poison(cause)) = &result {
            inner.failed_timers.push((timer.key.clone(), cause.clone()));
        }
        drop(inner);
        result
    }

    fn on_batch_end(&mut self, turn: &mut Turn<'_>) -> Result<(), StoreError> {
        self.service.on_batch_end(turn)
    }
}
