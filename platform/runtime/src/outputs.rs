use std::sync::Arc;

use journal::Row;
use kernel::{Recorded, Timestamp};

use crate::{EffectStart, Failure, Ticket};

/// A command's answer.
#[derive(Debug)]
pub struct Answer<R, N> {
    /// Whose.
    pub ticket: Ticket,
    /// What.
    pub result: Result<R, Failure<N>>,
}

/// An operator's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminReply {
    /// So many parked events were applied, so many still wait.
    Retried {
        /// Applied now.
        applied: usize,
        /// Still parked.
        waiting: usize,
    },
    /// The event is out.
    Resolved,
    /// There is no such parked event.
    Unknown,
    /// The store failed.
    Broken(journal::StoreError),
}

/// A subscription that could not go on, and why. It is read again later from where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stall {
    /// The source's index.
    pub source: usize,
    /// Why.
    pub reason: String,
    /// Whether waiting is normal (something not heard of yet) rather than a failure.
    pub expected: bool,
}

/// What a batch changed, for whoever waits for it.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The events as recorded.
    pub events: Vec<Arc<Recorded>>,
    /// The rows as put.
    pub rows: Vec<Arc<Row>>,
    /// Whether rows were taken away beside.
    pub rows_gone: bool,
}

/// What came out of a step. All of it is true: the batch is on the disk.
#[derive(Debug)]
pub struct Outputs<R, N> {
    /// Answers to commands.
    pub answers: Vec<Answer<R, N>>,
    /// Answers to operators.
    pub admin: Vec<(Ticket, AdminReply)>,
    /// Effects to perform now.
    pub effects: Vec<EffectStart>,
    /// What was committed.
    pub change: Change,
    /// Neighbours' events that were applied.
    pub applied: Vec<(usize, Arc<Recorded>)>,
    /// How many of neighbours' events were not heard and have passed by.
    pub passed: usize,
    /// Subscriptions that could not go on.
    pub stalls: Vec<Stall>,
    /// Events parked in this step.
    pub parked: usize,
    /// How many inputs were taken (for metrics).
    pub inputs: usize,
    /// Whether more timers are due than were taken.
    pub timers_left: bool,
    /// When the next timer is due.
    pub next_timer_at: Option<Timestamp>,
}

impl<R, N> Default for Outputs<R, N> {
    fn default() -> Self {
        Self {
            answers: Vec::new(),
            admin: Vec::new(),
            effects: Vec::new(),
            change: Change::default(),
            applied: Vec::new(),
            passed: 0,
            stalls: Vec::new(),
            parked: 0,
            inputs: 0,
            timers_left: false,
            next_timer_at: None,
        }
    }
}
