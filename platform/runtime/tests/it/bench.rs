//! The toy on a bench: a processor that is stepped by hand, and what a neighbour says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use journal::{Journal, JournalIdentity, Reader, StoreError};
use kernel::{Actor, Causation, OrderId, Published, Recorded, SeededIds, ShopKey, Subject, Timestamp};
use runtime::{Admin, AdminReply, CommandEnvelope, EventsFrom, Failure, Inputs, Outputs, Processor, Quotas};
use uuid::Uuid;

use crate::faulty::Faulty;
use crate::toy::{JARS, JarEvent, JarFilledV1, Then, Toy, ToyCommand, ToyRefusal, ToyReply};

pub(crate) type Stepped = Outputs<ToyReply, ToyRefusal>;
pub(crate) type Said = Result<ToyReply, Failure<ToyRefusal>>;

pub(crate) const MILL: usize = 0;
pub(crate) const QUARRY: usize = 1;
pub(crate) const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);

pub(crate) struct Bench {
    pub(crate) journal: Faulty,
    pub(crate) processor: Processor<Toy, Faulty>,
    pub(crate) mended: Arc<AtomicBool>,
    pub(crate) now: Timestamp,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let (journal, mended) = (Faulty::new(), Arc::default());
        Self { processor: processor(&journal, &mended, START), journal, mended, now: START }
    }

    /// The process is killed and started again on what it had kept.
    pub(crate) fn restart(&mut self) {
        self.processor = processor(&self.journal, &self.mended, self.now);
    }

    /// What could not be applied can be from now on.
    pub(crate) fn mend(&self) {
        self.mended.store(true, Ordering::SeqCst);
    }

    pub(crate) fn try_step(&mut self, inputs: Inputs<ToyCommand>) -> Result<Stepped, StoreError> {
        self.now = self.now.plus_millis(1);
        self.processor.step(self.now, inputs)
    }

    pub(crate) fn step(&mut self, inputs: Inputs<ToyCommand>) -> Stepped {
        self.try_step(inputs).unwrap()
    }

    /// Lets time pass and steps without any input.
    pub(crate) fn wait(&mut self, millis: i64) -> Stepped {
        self.now = self.now.plus_millis(millis);
        self.step(Inputs::default())
    }

    /// Commands of one batch, and their answers in their order.
    pub(crate) fn commands(&mut self, commands: impl IntoIterator<Item = ToyCommand>) -> Vec<Said> {
        self.step(commands_of(commands)).answers.into_iter().map(|answer| answer.result).collect()
    }

    pub(crate) fn command(&mut self, command: ToyCommand) -> Said {
        self.commands([command]).remove(0)
    }

    pub(crate) fn hear(&mut self, events: impl IntoIterator<Item = Arc<Recorded>>) -> Stepped {
        self.step(events_of(MILL, events))
    }

    pub(crate) fn operate(&mut self, admin: Admin) -> AdminReply {
        let kim = Actor::parse("operator:kim").unwrap();
        let mut outputs = self.step(Inputs { admin: vec![(1, kim, admin)], ..Inputs::default() });
        outputs.admin.remove(0).1
    }

    /// What the store holds of a jar, by its events.
    pub(crate) fn kept(&self, jar: Uuid) -> Vec<u32> {
        let events = self.journal.clone().load(jar, 0).unwrap();
        events
            .iter()
            .map(|event| {
                let JarEvent::Filled(filled) = event.decode().unwrap();
                filled.marbles
            })
            .collect()
    }

    /// What the store's list says of a jar.
    pub(crate) fn listed(&self, jar: Uuid) -> Option<u64> {
        self.journal.clone().row(JARS, jar).unwrap().map(|row| row.number)
    }

    /// Up to where a source is followed, by the store.
    pub(crate) fn stored_position(&self, role: &str) -> u64 {
        let positions = self.journal.clone().positions().unwrap();
        positions.iter().find(|(source, _)| source == role).map_or(0, |(_, at)| at.position)
    }

    /// The positions of the parked events, and whether each carries a cause.
    pub(crate) fn parked(&self) -> Vec<(u64, bool)> {
        let parked = self.journal.clone().parked().unwrap();
        parked.iter().map(|parked| (parked.event.position, parked.cause.is_some())).collect()
    }

    pub(crate) fn timer_keys(&self) -> Vec<String> {
        self.journal.clone().timers().unwrap().into_iter().map(|timer| timer.key).collect()
    }

    pub(crate) fn next_timer_at(&self) -> Option<Timestamp> {
        self.journal.clone().next_timer_at().unwrap()
    }
}

pub(crate) fn processor(
    journal: &Faulty,
    mended: &Arc<AtomicBool>,
    now: Timestamp,
) -> Processor<Toy, Faulty> {
    let ids = Arc::new(SeededIds::new(u64::try_from(now.millis()).unwrap()));
    Processor::open(Toy::new(mended.clone()), journal.clone(), ids, Quotas::default(), now).unwrap()
}

pub(crate) fn commands_of(commands: impl IntoIterator<Item = ToyCommand>) -> Inputs<ToyCommand> {
    let envelope = |(ticket, command)| CommandEnvelope {
        ticket,
        command,
        actor: Actor::anonymous(),
        causation: Causation::command(Uuid::nil()),
    };
    Inputs { commands: (1..).zip(commands).map(envelope).collect(), ..Inputs::default() }
}

pub(crate) fn events_of(
    source: usize,
    events: impl IntoIterator<Item = Arc<Recorded>>,
) -> Inputs<ToyCommand> {
    let from = EventsFrom { source, stretch: events.into_iter().collect::<Vec<_>>().into() };
    Inputs { events: vec![from], ..Inputs::default() }
}

pub(crate) fn jar(number: u128) -> Uuid {
    Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 | number)
}

pub(crate) fn put(jar: Uuid, marbles: u32) -> ToyCommand {
    put_then(jar, marbles, Then::Nothing)
}

pub(crate) fn put_then(jar: Uuid, marbles: u32, then: Then) -> ToyCommand {
    ToyCommand::Put { jar, marbles, then }
}

/// Marbles that the mill rolled for a jar.
pub(crate) fn rolled(position: u64, jar: Uuid, marbles: u32) -> Arc<Recorded> {
    let event = JarEvent::Filled(JarFilledV1 { marbles });
    Arc::new(Recorded {
        position,
        stream_kind: "heap".into(),
        stream_id: jar,
        version: position,
        event_type: event.event_type().into(),
        at: START,
        subject: Subject::order(ShopKey::from("toys"), OrderId(jar), 1),
        causation: Causation::command(Uuid::nil()),
        actor: Actor::system(),
        data: event.encode().data,
        personal: None,
        previous_hash: [0; 16],
        hash: [0; 16],
    })
}

/// Something that the toy does not hear, and could not read.
pub(crate) fn hummed(position: u64, jar: Uuid) -> Arc<Recorded> {
    let event = rolled(position, jar, 1).as_ref().clone();
    Arc::new(Recorded { event_type: "jar-hummed-at.v1".into(), ..event })
}

/// Something that the toy cannot read.
pub(crate) fn gibberish(position: u64, jar: Uuid) -> Arc<Recorded> {
    let event = rolled(position, jar, 1).as_ref().clone();
    Arc::new(Recorded { event_type: "jar-sung-to.v9".into(), ..event })
}

pub(crate) fn mill_journal() -> JournalIdentity {
    JournalIdentity { journal: Uuid::from_u128(77), epoch: 1 }
}
