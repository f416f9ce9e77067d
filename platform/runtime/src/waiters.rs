use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bus::Bell;
use journal::Row;
use kernel::Recorded;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use uuid::Uuid;

use crate::Change;

/// What was committed about an order.
#[derive(Debug, Clone)]
pub enum News {
    /// An event.
    Event(Arc<Recorded>),
    /// A row, after the events of its batch.
    Row(Arc<Row>),
}

/// Requests that wait until something about an order (or a stream, or a row) is committed.
#[derive(Clone, Default)]
pub struct Waiters(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// Rung where somebody begins to wait: the writer lingers no longer.
    wanted: Bell,
    watching: Mutex<HashMap<Uuid, Vec<UnboundedSender<News>>>>,
    commits: watch::Sender<u64>,
    listeners: Mutex<Vec<Listener>>,
}

/// Told of every change; of `None` where what the store holds is not known.
type Listener = Box<dyn Fn(Option<&Change>) + Send + Sync>;

impl Waiters {
    /// Those of a writer that hears this bell while it lingers.
    pub(crate) fn ringing(wanted: Bell) -> Self {
        Self(Arc::new(Inner { wanted, ..Inner::default() }))
    }

    /// Watches an order. Registered before the command is sent, nothing is missed. While anybody watches the
    /// writer does not linger for more to do at once.
    #[must_use]
    pub fn watch(&self, id: Uuid) -> Watch {
        let (sender, news) = unbounded_channel();
        self.lock().entry(id).or_default().push(sender);
        self.0.wanted.ring();
        Watch { id, news, waiters: self.clone() }
    }

    /// Whether anybody watches.
    pub(crate) fn are_any(&self) -> bool {
        !self.lock().is_empty()
    }

    /// Counts commits: whoever follows everything waits for the next one.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.0.commits.subscribe()
    }

    pub(crate) fn listen(&self, listener: Listener) {
        self.0.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    /// A batch may be on the disk, or not: nobody may rely on what was told before.
    pub(crate) fn forget(&self) {
        self.tell_listeners(None);
    }

    fn tell_listeners(&self, change: Option<&Change>) {
        for listener in self.0.listeners.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            listener(change);
        }
    }

    pub(crate) fn tell(&self, change: &Change) {
        self.tell_listeners(Some(change));
        self.0.commits.send_modify(|commits| *commits += 1);
        let mut waiting = self.lock();
        if waiting.is_empty() {
            return;
        }
        for event in &change.events {
            let id = event.subject.order.map_or(event.stream_id, |order| order.0);
            send(&mut waiting, id, || News::Event(event.clone()));
        }
        for row in &change.rows {
            send(&mut waiting, row.id, || News::Row(row.clone()));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Vec<UnboundedSender<News>>>> {
        self.0.watching.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn send(waiting: &mut HashMap<Uuid, Vec<UnboundedSender<News>>>, id: Uuid, news: impl Fn() -> News) {
    if let Some(senders) = waiting.get_mut(&id) {
        senders.retain(|sender| sender.send(news()).is_ok());
    }
}

/// A watch on an order; dropped, it is forgotten.
pub struct Watch {
    id: Uuid,
    news: UnboundedReceiver<News>,
    waiters: Waiters,
}

impl Watch {
    /// The next news; `None` only after the writer is gone.
    pub async fn next(&mut self) -> Option<News> {
        self.news.recv().await
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.news.close();
        let mut waiting = self.waiters.lock();
        if let Some(senders) = waiting.get_mut(&self.id) {
            senders.retain(|sender| !sender.is_closed());
            if senders.is_empty() {
                waiting.remove(&self.id);
            }
        }
    }
}
