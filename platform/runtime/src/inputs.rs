use journal::Stretch;
use kernel::{Actor, Causation, OrderId, Recorded};
use uuid::Uuid;

/// Who waits for an answer: handed back with it.
pub type Ticket = u64;

/// A command on its way to the writer.
#[derive(Debug)]
pub struct CommandEnvelope<C> {
    /// Handed back with the answer.
    pub ticket: Ticket,
    /// The wish.
    pub command: C,
    /// Who wishes.
    pub actor: Actor,
    /// What caused it.
    pub causation: Causation,
}

/// Events of one source, in order.
#[derive(Debug)]
pub struct EventsFrom {
    /// The source's index in [`crate::Service::sources`].
    pub source: usize,
    /// The events, and where those lie that the service does not hear.
    pub stretch: Stretch,
}

/// What operators may ask of any service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admin {
    /// Applies parked events of an order (or stream) again, in order, as far as it goes.
    RetryParked {
        /// What is blocked.
        blocks: Uuid,
    },
    /// Takes one parked event out without applying it.
    ResolveParked {
        /// The role it came from.
        source: String,
        /// Its position there.
        position: u64,
        /// Why, for the audit.
        note: String,
    },
}

/// What waits for the writer, lane by lane.
#[derive(Debug)]
pub struct Inputs<C> {
    /// Operators.
    pub admin: Vec<(Ticket, Actor, Admin)>,
    /// Results of effects.
    pub results: Vec<CommandEnvelope<C>>,
    /// Commands.
    pub commands: Vec<CommandEnvelope<C>>,
    /// Neighbours' events.
    pub events: Vec<EventsFrom>,
}

impl<C> Default for Inputs<C> {
    fn default() -> Self {
        Self { admin: Vec::new(), results: Vec::new(), commands: Vec::new(), events: Vec::new() }
    }
}

impl<C> Inputs<C> {
    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.admin.is_empty() && self.results.is_empty() && self.commands.is_empty() && self.events.is_empty()
    }
}

/// Which lane a command takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// From outside: shed when the lane is full.
    Outside,
    /// The result of an effect: never shed.
    Result,
}

/// The order that something blocks or is about, by the envelope: the order, or the stream.
#[must_use]
pub(crate) fn block_key(event: &Recorded) -> Uuid {
    event.subject.order.map_or(event.stream_id, |OrderId(id)| id)
}
