//! One file per table: how it is written, how it is read, and what makes damage visible.

pub(crate) mod batches;
pub(crate) mod collections;
pub(crate) mod counters;
pub(crate) mod entries;
pub(crate) mod events;
pub(crate) mod idempotency;
pub(crate) mod lists;
pub(crate) mod parked;
pub(crate) mod positions;
pub(crate) mod rows;
pub(crate) mod snapshots;
pub(crate) mod timers;
