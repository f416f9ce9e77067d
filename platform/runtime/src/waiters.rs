use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bus::Bell;
use foldhash::HashMap;
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
    watching: Mutex<HashMap<Uuid, Vec<Watcher>>>,
    commits: watch::Sender<u64>,
    listeners: Mutex<Vec<Listener>>,
}

/// Somebody who watches.
#[derive(Clone)]
struct Watcher {
    /// What is committed together is sent together; nothing at all where only an answer is there.
    sender: UnboundedSender<Vec<News>>,
    wakes: fn(&News) -> bool,
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
        self.watch_for(id, |_| true)
    }

    /// Watches an order for some of its news: of a commit without any of these nothing is heard, of one with them
    /// everything.
    #[must_use]
    pub fn watch_for(&self, id: Uuid, wakes: fn(&News) -> bool) -> Watch {
        let (sender, news) = unbounded_channel();
        self.lock().entry(id).or_default().push(Watcher { sender, wakes });
        self.0.wanted.ring();
        Watch { id, heard: VecDeque::new(), news, waiters: self.clone() }
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

    /// Tells what was committed: those first who remember what the store holds, and all before anybody is answered,
    /// so that who watches from then on hears nothing old.
    pub(crate) fn tell(&self, change: &Change) {
        self.tell_listeners(Some(change));
        self.0.commits.send_modify(|commits| *commits += 1);
        // Sent when the lock is free again: who is woken takes it.
        for (watcher, news) in self.heard_of(change) {
            let _gone = watcher.sender.send(news);
        }
    }

    fn heard_of(&self, change: &Change) -> Vec<(Watcher, Vec<News>)> {
        let watching = self.lock();
        let mut told: HashMap<Uuid, Vec<News>> = HashMap::default();
        if watching.is_empty() {
            return Vec::new();
        }
        let events = change.events.iter().map(|event| {
            let id = event.subject.order.map_or(event.stream_id, |order| order.0);
            (id, News::Event(event.clone()))
        });
        let rows = change.rows.iter().map(|row| (row.id, News::Row(row.clone())));
        for (id, news) in events.chain(rows).filter(|(id, _)| watching.contains_key(id)) {
            told.entry(id).or_default().push(news);
        }
        let mut heard = Vec::with_capacity(told.len());
        for (id, news) in told {
            let watchers = watching.get(&id).map_or(&[][..], Vec::as_slice);
            let told = watchers.iter().zip(std::iter::repeat_n(news, watchers.len()));
            let awake = told.filter(|(watcher, news)| news.iter().any(watcher.wakes));
            heard.extend(awake.map(|(watcher, news)| (watcher.clone(), news)));
        }
        heard
    }

    /// Wakes whoever watches these: an answer is there that no news will follow.
    pub(crate) fn stir(&self, ids: &[Uuid]) {
        if ids.is_empty() {
            return;
        }
        let stirred: Vec<Watcher> = {
            let watching = self.lock();
            ids.iter().filter_map(|id| watching.get(id)).flatten().cloned().collect()
        };
        for watcher in stirred {
            let _gone = watcher.sender.send(Vec::new());
        }
    }

    /// The writer is gone: nobody will hear anything.
    pub(crate) fn close(&self) {
        let watching = std::mem::take(&mut *self.lock());
        drop(watching);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Vec<Watcher>>> {
        self.0.watching.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A watch on an order; dropped, it is forgotten.
pub struct Watch {
    pub(crate) id: Uuid,
    heard: VecDeque<News>,
    news: UnboundedReceiver<Vec<News>>,
    waiters: Waiters,
}

impl Watch {
    /// The next news; `None` only after the writer is gone.
    pub async fn next(&mut self) -> Option<News> {
        loop {
            if let Some(news) = self.heard.pop_front() {
                return Some(news);
            }
            self.heard.extend(self.news.recv().await?);
        }
    }

    /// Waits until there is something to hear, a command that was sent with this watch is answered without any
    /// news to follow ([`Handle::send_watched`](crate::Handle::send_watched)), or the writer is gone.
    pub async fn stirs(&mut self) {
        if self.heard.is_empty()
            && let Some(news) = self.news.recv().await
        {
            self.heard.extend(news);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.news.close();
        let mut watching = self.waiters.lock();
        if let Some(watchers) = watching.get_mut(&self.id) {
            watchers.retain(|watcher| !watcher.sender.is_closed());
            if watchers.is_empty() {
                watching.remove(&self.id);
            }
        }
    }
}
