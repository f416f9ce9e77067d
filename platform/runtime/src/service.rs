use std::fmt::Debug;
use std::ops::RangeInclusive;

use journal::{Reader, StoreError, Timer};
use kernel::{DecodeError, Recorded};

use crate::{Quotas, Turn};

/// What a context does with commands, neighbours' events and timers.
///
/// A service may keep memory of its own (the shops it has heard of) as long as it can be read back
/// from its store: [`Service::reload`] is called at start and whenever a batch came to nothing.
pub trait Service: Send + 'static {
    /// What it can be asked.
    type Command: Send + 'static;
    /// What it answers.
    type Reply: Send + 'static;
    /// What it answers when the business says no.
    type Refusal: Debug + Send + 'static;

    /// Its name: folder, metrics, causation.
    fn role(&self) -> &'static str;

    /// The roles whose events it follows.
    fn sources(&self) -> &'static [&'static str];

    /// Reads its memory back from the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError>;

    /// Does what a command wishes.
    ///
    /// # Errors
    /// [`Failure::Refused`] when the business says no: nothing of the turn is kept.
    fn on_command(
        &mut self,
        command: Self::Command,
        turn: &mut Turn<'_>,
    ) -> Result<Self::Reply, Failure<Self::Refusal>>;

    /// Whether anything is done at events of a source by this name (such as `order-paid`). What is not heard
    /// passes by, and need not be read: most of what a neighbour says concerns others. An event that is broken
    /// is poison only to who hears it. The answer never changes: it may be given long before the event's turn.
    fn hears(&self, _source: &str, _event: &str) -> bool {
        true
    }

    /// Whenever a neighbour's event that is heard, then this.
    ///
    /// # Errors
    /// [`PolicyFailure::Poison`] parks the event with its order, the others stop the subscription
    /// for a while.
    fn on_event(&mut self, source: &str, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure>;

    /// Called once before a batch that took something is committed: what many turns changed (a view's
    /// row) is staged here once.
    ///
    /// # Errors
    /// When the store cannot be read: the batch comes to nothing.
    fn on_batch_end(&mut self, _turn: &mut Turn<'_>) -> Result<(), StoreError> {
        Ok(())
    }

    /// How many events of each source one batch takes at most. More for who writes once, at the end of a batch,
    /// what many of them say of one thing.
    fn events_at_once(&self) -> usize {
        Quotas::default().events
    }

    /// For how long, in milliseconds, neighbours' events may wait for more of them: at least where little
    /// comes in, at most where much does. What nobody's answer depends on is cheaper done together, and
    /// leaves the machine to what an answer depends on.
    fn linger_millis(&self) -> RangeInclusive<u64> {
        0..=0
    }

    /// For how long, in milliseconds, events of a source may wait for something else to do together with
    /// them. For a source whose events nobody's answer depends on, where the service itself is waited for.
    fn patience_millis(&self, _source: &str) -> u64 {
        0
    }

    /// Whether it follows its sources in time: where several have much waiting, none is read further than the
    /// others. For who keeps what many sources say of one thing and answers nobody: what belongs together is
    /// then written once. It holds new events up behind older ones of another source.
    fn follows_in_time(&self) -> bool {
        false
    }

    /// Whether it waits for its followers in this process where it works off much that waited: what they hear
    /// of one thing then stays close together, and in memory. For who answers neighbours rather than people.
    /// Of services that follow each other in a circle, one at most: they would wait for each other.
    fn keeps_pace(&self) -> bool {
        false
    }

    /// Does what a timer was set for. The timer is gone afterwards unless the turn sets it again.
    ///
    /// # Errors
    /// As for events; a timer that fails is tried again later.
    fn on_timer(&mut self, timer: &Timer, turn: &mut Turn<'_>) -> Result<(), PolicyFailure>;
}

/// Why a command came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure<R> {
    /// The business says no; the customer sees it.
    Refused(R),
    /// The machine failed; nothing is known to have happened.
    Broken(StoreError),
}

impl<R> From<StoreError> for Failure<R> {
    fn from(error: StoreError) -> Self {
        Self::Broken(error)
    }
}

impl<R> Failure<R> {
    /// The same breakdown, or the refusal put in other words.
    pub fn map_refusal<T>(self, translate: impl FnOnce(R) -> T) -> Failure<T> {
        match self {
            Self::Refused(refusal) => Failure::Refused(translate(refusal)),
            Self::Broken(error) => Failure::Broken(error),
        }
    }
}

/// Why an event or a timer was not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyFailure {
    /// It cannot be applied, today or tomorrow: park it with its order.
    Poison(String),
    /// Something it needs has not been heard of yet: wait, without error.
    NotYet(String),
    /// The machine failed: back off.
    Broken(StoreError),
}

impl From<StoreError> for PolicyFailure {
    fn from(error: StoreError) -> Self {
        Self::Broken(error)
    }
}

impl From<DecodeError> for PolicyFailure {
    fn from(error: DecodeError) -> Self {
        Self::Poison(error.to_string())
    }
}

/// A policy whose wish its own aggregate refuses has met an event that breaks an invariant.
impl<R: Debug> From<Failure<R>> for PolicyFailure {
    fn from(failure: Failure<R>) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::Poison(format!("{refusal:?}")),
            Failure::Broken(error) => Self::Broken(error),
        }
    }
}
