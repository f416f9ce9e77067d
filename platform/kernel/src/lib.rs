//! The words every context shares: aggregate, event, envelope, ids, money, time.
//!
//! The kernel knows no context and does nothing by itself: no IO, no clock, no chance. What a
//! context decides is an [`Aggregate`]: `decide` turns a wish into facts or a refusal, `evolve`
//! folds facts into state. What it publishes is a [`Published`] enum, written with [`events!`],
//! whose versioned payloads are both what is stored and what neighbours read.
//!
//! To add an event: write its payload struct in the context's `contract`, name it in the
//! `events!` list as `"order-paid.v1"`, put a golden sample into `golden/order-paid.v1.json`.

mod actor;
mod aggregate;
mod clock;
mod envelope;
mod event;
mod ids;
mod money;
mod personal;
pub mod planted;

pub use actor::{Actor, ActorKind, MalformedActor};
pub use aggregate::Aggregate;
pub use clock::{Clock, ManualClock, Timestamp};
pub use envelope::{Causation, Hash, PersonalPart, Recorded, StreamId, Subject, event_name};
pub use event::{DecodeError, Encoded, Payload, Published};
pub use ids::{CustomerId, IdSource, OrderId, SeededIds, ShopKey};
pub use money::{Currency, Money, MoneyError};
pub use personal::Personal;

#[doc(hidden)]
pub mod macro_support {
    pub use serde_json;
}
