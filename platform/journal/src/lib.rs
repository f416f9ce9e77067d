//! The write port of a service: what a store must promise, the reference store in memory, and the
//! behaviour suite that every store passes.
//!
//! A [`Batch`] is everything that a writer commits at once: events, own lists, timers, positions,
//! idempotency records, parked events. It is all there or not at all, and [`Journal::commit`]
//! returns only after it is on the disk. What is read back is checked against its hashes: damage is
//! an error ([`StoreError::Damaged`]), never an answer.
//!
//! To add a store: implement [`Reader`] and [`Journal`], call [`suite::run`] from a test, name the
//! crate in `apps/jumun`.

mod batch;
pub mod chain;
mod error;
mod generations;
mod journal;
mod memory;
mod read;
mod sources;
mod stretch;
pub mod suite;

pub use batch::{
    Batch, CounterValue, Entry, IdempotencyOutcome, IdempotencyRecord, IdempotencyWrite, NewEvent,
    ParkedEvent, ParkedWrite, Row, RowWrite, Snapshot, SourcePosition, Timer, TimerWrite,
};
pub use error::StoreError;
pub use generations::Generations;
pub use journal::{Journal, JournalIdentity, Position, Reader, ReaderOpener};
pub use memory::MemoryJournal;
pub use read::{RowOrder, RowQuery};
pub use sources::{SourceState, check_source, check_sources};
pub use stretch::Stretch;
