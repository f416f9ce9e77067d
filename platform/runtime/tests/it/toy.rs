//! The toy: one aggregate, one neighbour, one timer, one effect, and every way to fail.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use journal::{Reader, Row, StoreError, Timer};
use kernel::{Aggregate, OrderId, Recorded, ShopKey, Subject, Timestamp};
use runtime::{Failure, PolicyFailure, Service, Turn};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) const JARS: &str = "jars";
/// What all jars hold together: a sum of every batch, kept as a counter.
pub(crate) const ALL_MARBLES: &str = "all-marbles";
pub(crate) const CAPACITY: u32 = 100;
pub(crate) const LEASE_MILLIS: i64 = 10_000;

/// Marbles from the quarry may wait so long for something else to do.
const QUARRY_PATIENCE_MILLIS: u64 = 3_600_000;

/// So many marbles at once bring ill luck: the policy can never apply them.
pub(crate) const POISON: u32 = 13;
/// They need something that has not been heard of yet.
pub(crate) const TOO_EARLY: u32 = 14;
/// The policy panics.
pub(crate) const PANIC: u32 = 15;
/// The machine fails.
pub(crate) const BROKEN: u32 = 16;

kernel::events! {
    /// What is told of a jar, and by the mill that marbles come from.
    pub enum JarEvent {
        /// Marbles were put in.
        Filled(JarFilledV1) = "jar-filled.v1",
    }
}

/// Marbles were put in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JarFilledV1 {
    pub(crate) marbles: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Jar {
    pub(crate) marbles: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

impl Aggregate for Jar {
    const KIND: &'static str = "jar";
    type Command = u32;
    type Event = JarEvent;
    type Rejection = Full;

    fn decide(&self, marbles: u32) -> Result<Vec<JarEvent>, Full> {
        match marbles {
            0 => Ok(vec![]),
            _ if self.marbles + marbles > CAPACITY => Err(Full),
            _ => Ok(vec![JarEvent::Filled(JarFilledV1 { marbles })]),
        }
    }

    fn evolve(self, JarEvent::Filled(filled): &JarEvent) -> Self {
        Self { marbles: self.marbles + filled.marbles }
    }
}

#[derive(Debug, Clone)]
pub(crate) enum ToyCommand {
    /// Puts marbles into a jar, and then something else in the same turn.
    Put { jar: Uuid, marbles: u32, then: Then },
    /// The result of an effect.
    Polished { key: String },
    /// Takes the list of jars away.
    Clear,
    /// Puts a line of another list.
    Label { jar: Uuid },
    /// Reads a row as the turn sees it.
    Read { collection: &'static str, jar: Uuid },
}

#[derive(Debug, Clone)]
pub(crate) enum Then {
    Nothing,
    Refuse,
    Panic,
    Break,
    SpoilTheBatch,
    Polish,
    RingAt(Timestamp),
    RingBadlyAt(Timestamp),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ToyReply {
    Holds { marbles: u32, version: u64, puts: u64 },
    Row(Option<u64>),
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ToyRefusal {
    Full,
    NotToday,
}

pub(crate) struct Toy {
    /// Its own memory: how often marbles were put, as the store's counter says.
    pub(crate) puts: u64,
    /// Whether what could not be applied can be now.
    pub(crate) mended: Arc<AtomicBool>,
    /// For how long it lingers after a batch of events.
    pub(crate) linger_millis: AtomicU64,
    spoilt: bool,
}

impl Toy {
    pub(crate) fn new(mended: Arc<AtomicBool>) -> Self {
        Self { puts: 0, mended, linger_millis: AtomicU64::default(), spoilt: false }
    }

    fn put(&mut self, turn: &mut Turn<'_>, jar: Uuid, marbles: u32) -> Result<ToyReply, Failure<Full>> {
        let executed = turn.execute::<Jar>(jar, &about(jar), marbles)?;
        let held = turn.state::<Jar>(jar)?.marbles;
        let puts = turn.next_number("puts")?;
        self.puts = puts;
        turn.put_row(row(JARS, jar, u64::from(held), executed.version));
        turn.add(ALL_MARBLES, i64::from(marbles));
        Ok(ToyReply::Holds { marbles: held, version: executed.version, puts })
    }

    fn then(&mut self, turn: &mut Turn<'_>, jar: Uuid, then: &Then) -> Result<(), Failure<ToyRefusal>> {
        match then {
            Then::Nothing => {}
            Then::Refuse => return Err(Failure::Refused(ToyRefusal::NotToday)),
            Then::Panic => panic!("the jar fell down"),
            Then::Break => return Err(Failure::Broken(StoreError::Unavailable("no shelf".into()))),
            Then::SpoilTheBatch => self.spoilt = true,
            Then::Polish => {
                turn.start_effect(
                    polish(jar),
                    "polish",
                    Some(OrderId(jar)),
                    b"\"cloth\"".to_vec(),
                    LEASE_MILLIS,
                );
            }
            Then::RingAt(at) => turn.set_timer(timer("ring", jar, *at)),
            Then::RingBadlyAt(at) => turn.set_timer(timer("ring-badly", jar, *at)),
        }
        Ok(())
    }
}

impl Service for Toy {
    type Command = ToyCommand;
    type Reply = ToyReply;
    type Refusal = ToyRefusal;

    fn role(&self) -> &'static str {
        "toy"
    }

    fn sources(&self) -> &'static [&'static str] {
        &["mill", "quarry"]
    }

    fn hears(&self, _: &str, event: &str) -> bool {
        event != "jar-hummed-at"
    }

    fn linger_millis(&self) -> RangeInclusive<u64> {
        let millis = self.linger_millis.load(Ordering::SeqCst);
        millis..=millis
    }

    fn patience_millis(&self, source: &str) -> u64 {
        if source == "quarry" { QUARRY_PATIENCE_MILLIS } else { 0 }
    }

    fn keeps_pace(&self) -> bool {
        true
    }

    fn reload(&mut self, store: &mut dyn Reader) -> Result<(), StoreError> {
        self.puts = store.counter("puts")?;
        self.spoilt = false;
        Ok(())
    }

    fn on_command(
        &mut self,
        command: ToyCommand,
        turn: &mut Turn<'_>,
    ) -> Result<ToyReply, Failure<ToyRefusal>> {
        match command {
            ToyCommand::Put { jar, marbles, then } => {
                let put = self
                    .put(turn, jar, marbles)
                    .map_err(|failure| failure.map_refusal(|Full| ToyRefusal::Full))?;
                self.then(turn, jar, &then)?;
                Ok(put)
            }
            ToyCommand::Polished { key } => {
                turn.finish_effect(key);
                Ok(ToyReply::Done)
            }
            ToyCommand::Clear => {
                turn.clear_rows(JARS);
                Ok(ToyReply::Done)
            }
            ToyCommand::Label { jar } => {
                turn.put_row(row("labels", jar, 1, 1));
                Ok(ToyReply::Done)
            }
            ToyCommand::Read { collection, jar } => {
                Ok(ToyReply::Row(turn.row(collection, jar)?.map(|row| row.number)))
            }
        }
    }

    fn on_event(&mut self, _: &str, event: &Recorded, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        let JarEvent::Filled(JarFilledV1 { marbles }) = event.decode()?;
        let jar = event.subject.order.map_or(event.stream_id, |order| order.0);
        self.put(turn, jar, marbles)?;
        match marbles {
            _ if self.mended.load(Ordering::SeqCst) => Ok(()),
            POISON => Err(PolicyFailure::Poison("thirteen marbles".into())),
            TOO_EARLY => Err(PolicyFailure::NotYet("the fourteenth marble".into())),
            PANIC => panic!("the mill exploded"),
            BROKEN => Err(PolicyFailure::Broken(StoreError::Unavailable("no shelf".into()))),
            _ => Ok(()),
        }
    }

    fn on_batch_end(&mut self, turn: &mut Turn<'_>) -> Result<(), StoreError> {
        if self.spoilt {
            return Err(StoreError::Unavailable("spoilt".into()));
        }
        for (sum, added) in turn.sums() {
            turn.next_numbers(&sum, added.amount.unsigned_abs())?;
            turn.next_numbers("additions", added.times)?;
        }
        Ok(())
    }

    fn on_timer(&mut self, timer: &Timer, turn: &mut Turn<'_>) -> Result<(), PolicyFailure> {
        let Some(OrderId(jar)) = timer.order else { return Ok(()) };
        self.put(turn, jar, 1)?;
        if timer.kind == "ring-badly" {
            return Err(PolicyFailure::Poison("the bell is cracked".into()));
        }
        Ok(())
    }
}

pub(crate) fn about(jar: Uuid) -> Subject {
    Subject::order(ShopKey::from("toys"), OrderId(jar), 1)
}

pub(crate) fn polish(jar: Uuid) -> String {
    format!("polish/{jar}")
}

pub(crate) fn timer(kind: &'static str, jar: Uuid, at: Timestamp) -> Timer {
    let key = format!("{kind}/{jar}");
    Timer { key, kind: kind.into(), at, order: Some(OrderId(jar)), attempt: 1, payload: Vec::new() }
}

fn row(collection: &'static str, jar: Uuid, number: u64, version: u64) -> Row {
    Row {
        collection: collection.into(),
        id: jar,
        shop: ShopKey::from("toys"),
        number,
        customer: None,
        state: "".into(),
        at: Timestamp::default(),
        search: String::new(),
        version,
        hidden: false,
        body: b"{}".to_vec(),
    }
}
