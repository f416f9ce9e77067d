//! The behaviour suite: what every store must do, as named behaviours.
//!
//! A store joins by writing a [`Workshop`] and calling [`run`] from a test. Each behaviour gets a
//! workshop of its own and panics when it does not hold.
#![expect(clippy::unwrap_used, reason = "a behaviour that does not hold panics")]

mod batches;
mod conflicts;
mod damage;
mod events;
pub mod given;
mod keys;
mod lists;
mod logs;
mod parked;
mod timers;

use uuid::Uuid;

use crate::{Journal, StoreError};

/// How the suite makes a store of one kind, and harms it.
pub trait Workshop {
    /// The store.
    type Store: Journal;

    /// Opens the workshop's one store: empty at first, later with what it held when it was dropped.
    ///
    /// # Errors
    /// When the store refuses to be opened, such as after damage.
    fn try_open(&mut self) -> Result<Self::Store, StoreError>;

    /// Opens a store that must open.
    ///
    /// # Panics
    /// When it does not.
    fn open(&mut self) -> Self::Store {
        self.try_open().unwrap()
    }

    /// Empties the personal part of an event, as erasing a person does. The store is closed.
    fn erase_personal(&mut self, stream_id: Uuid, version: u64);

    /// Changes what is stored behind the store's back; `false` where this kind of store cannot be
    /// harmed so. The store is closed.
    fn damage(&mut self, damage: &Damage) -> bool;
}

/// What may happen to stored bytes.
#[derive(Debug, Clone)]
pub enum Damage {
    /// The payload of an event is another one.
    EventData {
        /// Its stream.
        stream_id: Uuid,
        /// Its version.
        version: u64,
    },
    /// The personal part of an event is another one.
    PersonalPart {
        /// Its stream.
        stream_id: Uuid,
        /// Its version.
        version: u64,
    },
    /// The time of every event is another one.
    EventTimes,
    /// The last event is gone.
    LostTail,
    /// The body of a row is another one.
    RowBody {
        /// Its list.
        collection: &'static str,
        /// The row.
        id: Uuid,
    },
    /// The body of a log's line is another one.
    EntryBody {
        /// The log.
        collection: &'static str,
        /// Whose.
        id: Uuid,
    },
    /// Every timer is due at another time.
    TimerTimes,
    /// Every idempotency record tells another order.
    IdempotencyOrders,
    /// Every counter stands at another value.
    CounterValues,
    /// Every source has been applied to another position.
    SourcePositions,
}

/// A behaviour: its name, a sentence, and the check.
pub type Behaviour<W> = (&'static str, fn(&mut W));

/// Checks every behaviour, each in a workshop of its own.
///
/// # Panics
/// When one does not hold.
pub fn run<W: Workshop>(mut make: impl FnMut() -> W) {
    for (name, check) in behaviours() {
        println!("behaviour: {name}");
        check(&mut make());
    }
}

/// Every behaviour.
#[must_use]
pub fn behaviours<W: Workshop>() -> Vec<Behaviour<W>> {
    [
        events::behaviours(),
        conflicts::behaviours(),
        batches::behaviours(),
        lists::behaviours(),
        logs::behaviours(),
        timers::behaviours(),
        keys::behaviours(),
        parked::behaviours(),
        damage::behaviours(),
    ]
    .concat()
}

/// Names the listed functions as behaviours.
macro_rules! named {
    ($($name:ident),+ $(,)?) => {
        /// The behaviours of this file.
        pub(super) fn behaviours<W: $crate::suite::Workshop>() -> Vec<$crate::suite::Behaviour<W>> {
            vec![$((stringify!($name), $name::<W> as fn(&mut W))),+]
        }
    };
}
use named;
