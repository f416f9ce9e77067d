use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bus::{Bell, Tail};
use journal::{Position, Reader, StoreError};
use kernel::{Actor, Causation};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::inputs::Admin;
use crate::outputs::AdminReply;
use crate::service::Service;
use crate::waiters::{Waiters, Watch};

/// Why a call came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError<R> {
    /// The business says no.
    Refused(R),
    /// The lane is full, or the store cannot keep up: try again shortly. Nothing has happened.
    Overloaded,
    /// The machine failed before the batch was there. Nothing is known to have happened.
    Broken(StoreError),
    /// The writer is gone: whether the command took effect is not known.
    Stopped,
}

pub(crate) type Reply<S> = Result<<S as Service>::Reply, CallError<<S as Service>::Refusal>>;

pub(crate) struct Waiting<S: Service> {
    pub(crate) command: S::Command,
    pub(crate) actor: Actor,
    pub(crate) causation: Causation,
    pub(crate) reply: Option<ReplyTo<S>>,
}

/// Where an answer goes.
pub(crate) struct ReplyTo<S: Service> {
    sender: oneshot::Sender<Reply<S>>,
    watched: Option<Watched<S>>,
}

/// The watch that an answer stirs, but one that news follow.
struct Watched<S: Service> {
    id: Uuid,
    followed: fn(&S::Reply) -> bool,
}

impl<S: Service> ReplyTo<S> {
    /// Answers; the watch that has to be stirred now, if any.
    pub(crate) fn send(self, reply: Reply<S>) -> Option<Uuid> {
        let stirred = self.watched.filter(|watched| !reply.as_ref().is_ok_and(watched.followed));
        let _gone = self.sender.send(reply);
        stirred.map(|watched| watched.id)
    }
}

/// A command that was sent: its answer can be asked for.
pub struct Sent<S: Service>(oneshot::Receiver<Reply<S>>);

impl<S: Service> Sent<S> {
    /// Waits for the answer: after the batch is on the disk.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn answer(self) -> Result<S::Reply, CallError<S::Refusal>> {
        self.0.await.unwrap_or(Err(CallError::Stopped))
    }
}

pub(crate) struct Lanes<S: Service> {
    pub(crate) commands: VecDeque<Waiting<S>>,
    pub(crate) results: VecDeque<Waiting<S>>,
    pub(crate) admin: VecDeque<(Actor, Admin, oneshot::Sender<AdminReply>)>,
}

pub(crate) struct Shared<S: Service> {
    pub(crate) lanes: Mutex<Lanes<S>>,
    pub(crate) bell: Bell,
    /// Rung beside the bell when somebody asks for something.
    pub(crate) wanted: Bell,
    pub(crate) tail: Tail,
    pub(crate) waiters: Waiters,
    pub(crate) commands_max: usize,
    pub(crate) alive: AtomicBool,
    pub(crate) stopping: AtomicBool,
    pub(crate) shedding: AtomicBool,
    pub(crate) shed: AtomicU64,
    /// How far each source is applied.
    pub(crate) heard: Mutex<BTreeMap<&'static str, Position>>,
    /// Effects under way, by kind.
    pub(crate) effects: Mutex<BTreeMap<String, i64>>,
}

/// A clonable door to a writer.
pub struct Handle<S: Service>(pub(crate) Arc<Shared<S>>);

impl<S: Service> Clone for Handle<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Service> fmt::Debug for Handle<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle")
    }
}

impl<S: Service> Handle<S> {
    /// Sends a command and waits for its answer: after the batch is on the disk.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call(&self, command: S::Command, actor: Actor, causation: Causation) -> Reply<S> {
        self.send(command, actor, causation, None)?.answer().await
    }

    /// Sends a command whose outcome its watch hears: [`Watch::stirs`] ends with the news, or with an answer that
    /// is not `followed` by any. Who waits for the watch and asks for the answer then is woken once, not twice.
    ///
    /// # Errors
    /// [`CallError::Overloaded`] and [`CallError::Stopped`]: it was not sent.
    pub fn send_watched(
        &self,
        watch: &Watch,
        followed: fn(&S::Reply) -> bool,
        command: S::Command,
        actor: Actor,
        causation: Causation,
    ) -> Result<Sent<S>, CallError<S::Refusal>> {
        self.send(command, actor, causation, Some(Watched { id: watch.id, followed }))
    }

    fn send(
        &self,
        command: S::Command,
        actor: Actor,
        causation: Causation,
        watched: Option<Watched<S>>,
    ) -> Result<Sent<S>, CallError<S::Refusal>> {
        let (sender, answer) = oneshot::channel();
        {
            let mut lanes = self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            // Asked under the lock: a writer that is gone has emptied its lanes for the last time.
            if !self.0.alive.load(Ordering::Acquire) || self.0.stopping.load(Ordering::Acquire) {
                return Err(CallError::Stopped);
            }
            if lanes.commands.len() >= self.0.commands_max || self.0.shedding.load(Ordering::Relaxed) {
                self.0.shed.fetch_add(1, Ordering::Relaxed);
                return Err(CallError::Overloaded);
            }
            let reply = Some(ReplyTo { sender, watched });
            lanes.commands.push_back(Waiting { command, actor, causation, reply });
        }
        self.ring();
        Ok(Sent(answer))
    }

    /// Brings results of effects: never shed, nobody waits for the answer.
    pub fn bring(&self, results: impl IntoIterator<Item = (S::Command, Causation)>) {
        let waiting = results.into_iter().map(|(command, causation)| Waiting {
            command,
            actor: Actor::system(),
            causation,
            reply: None,
        });
        self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner).results.extend(waiting);
        self.ring();
    }

    /// What operators may ask.
    ///
    /// # Errors
    /// [`WriterStopped`]'s shadow: `None` when the writer is gone.
    pub async fn operate(&self, actor: Actor, admin: Admin) -> Option<AdminReply> {
        let (reply, answer) = oneshot::channel();
        {
            let mut lanes = self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            if !self.0.alive.load(Ordering::Acquire) {
                return None;
            }
            lanes.admin.push_back((actor, admin, reply));
        }
        self.ring();
        answer.await.ok()
    }

    /// Who waits for what is committed.
    #[must_use]
    pub fn waiters(&self) -> &Waiters {
        &self.0.waiters
    }

    /// The recent events, for neighbours in this process.
    #[must_use]
    pub fn tail(&self) -> &Tail {
        &self.0.tail
    }

    /// Says where the journal stands that the writer will go on with: neighbours who have read it so far need
    /// not open it.
    pub fn begins_at(&self, journal: &mut dyn Reader) {
        if let (Ok(identity), Ok(head)) = (journal.identity(), journal.head()) {
            self.0.tail.begin_at(identity, head);
        }
    }

    /// The bell that wakes the writer.
    #[must_use]
    pub fn bell(&self) -> Bell {
        self.0.bell.clone()
    }

    /// How far each source is applied, committed or passed by.
    #[must_use]
    pub fn heard(&self) -> BTreeMap<&'static str, Position> {
        self.0.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many effects of each kind are under way.
    #[must_use]
    pub fn effects_running(&self) -> Vec<(String, i64)> {
        let effects = self.0.effects.lock().unwrap_or_else(PoisonError::into_inner);
        effects.iter().map(|(kind, running)| (kind.clone(), *running)).collect()
    }

    pub(crate) fn count_effects<'k>(&self, kinds: impl Iterator<Item = &'k str>, each: i64) {
        let mut effects = self.0.effects.lock().unwrap_or_else(PoisonError::into_inner);
        for kind in kinds {
            match effects.get_mut(kind) {
                Some(running) => *running += each,
                None => {
                    effects.insert(kind.to_owned(), each);
                }
            }
        }
    }

    /// Whether the writer is there and takes commands.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.0.alive.load(Ordering::Acquire)
    }

    /// Asks the writer to finish what waits and stop.
    pub fn stop(&self) {
        self.0.stopping.store(true, Ordering::Release);
        self.ring();
    }

    fn ring(&self) {
        self.0.wanted.ring();
        self.0.bell.ring();
    }
}
