use std::sync::Arc;

use kernel::{Recorded, Timestamp};

use crate::outputs::{Change, Stall};

/// What a batch did, for metrics and traces.
pub struct BatchFacts<'a> {
    /// Whose.
    pub role: &'static str,
    /// When its step began.
    pub began_at: Timestamp,
    /// When its commit was done.
    pub done_at: Timestamp,
    /// Inputs taken.
    pub inputs: usize,
    /// What was committed.
    pub change: &'a Change,
    /// Neighbours' events applied, by source.
    pub applied: &'a [(usize, Arc<Recorded>)],
    /// Subscriptions that could not go on.
    pub stalls: &'a [Stall],
    /// Events parked.
    pub parked: usize,
    /// Commands that wait now.
    pub commands_waiting: usize,
    /// Commands shed since the start.
    pub commands_shed: u64,
}

/// Told what every batch did, on the writer's thread: be quick.
pub trait Observer: Send {
    /// After a batch is on the disk.
    fn after_batch(&mut self, facts: &BatchFacts<'_>);
}

/// Sees nothing.
pub struct SilentObserver;

impl Observer for SilentObserver {
    fn after_batch(&mut self, _: &BatchFacts<'_>) {}
}
