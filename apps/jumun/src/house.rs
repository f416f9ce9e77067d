//! The house in one process: what all its roles share, and how a role is started in it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use anyhow::{Context, Result};
use axum::Router;
use bus::{Bell, LocalFeed, Tail};
use edge::idempotency::Fingerprints;
use journal::{Reader, ReaderOpener, StoreError};
use journal_sqlite::{Options, SqliteJournal, SqliteReader};
use kernel::{Actor, Clock, IdSource};
use runtime::{
    Admin, AdminReply, EffectRunner, FeedOpener, Handle, Processor, Quotas, Readers, Service, Writer,
    WriterOptions, WriterStopped,
};
use telemetry::Secret;
use tokio::sync::mpsc::UnboundedSender;

use crate::data_folder::DataFolder;
use crate::identity::Identified;
use crate::observers::Observers;
use crate::roles::Role;
use crate::settings::ProviderSettings;
use crate::sources::refuse_strangers;

/// Commands that may wait for one writer; more are shed.
const COMMANDS_MAX: usize = 8_192;
/// Recent events that a writer keeps in memory for its neighbours.
const TAIL_EVENTS: usize = 16_384;
/// Requests that read a role's store at once.
const READERS: usize = 4;

/// What the roles of one process share.
pub(crate) struct House {
    pub(crate) data: DataFolder,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) fingerprints: Arc<Fingerprints>,
    /// What providers sign their calls with, where the environment or the file says so.
    pub(crate) callback_secret: Option<Secret<String>>,
    /// Who is known here; without it identity is open.
    pub(crate) identity: Option<Identified>,
    /// Who moves the money.
    pub(crate) provider: ProviderSettings,
    pub(crate) roles: Vec<Role>,
    pub(crate) internal_address: SocketAddr,
    pub(crate) stopped: UnboundedSender<WriterStopped>,
    pub(crate) observers: Observers,
    tails: Mutex<BTreeMap<Role, Tail>>,
    stores: Mutex<BTreeMap<Role, SqliteJournal>>,
}

/// A role that runs in this process.
pub(crate) struct RunningRole {
    pub(crate) role: Role,
    /// Its part of the canonical API.
    pub(crate) api: Router,
    /// What its neighbours in other processes may call.
    pub(crate) internal: Router,
    pub(crate) control: Arc<dyn Control>,
    pub(crate) readers: Readers,
    thread: Option<JoinHandle<()>>,
}

/// What operators and the program itself may do with any role.
pub(crate) trait Control: Send + Sync {
    /// Whether it takes commands.
    fn is_alive(&self) -> bool;
    /// Lets it finish what waits, and stop.
    fn stop(&self);
    /// Its bell.
    fn bell(&self) -> Bell;
    /// How far it has applied its neighbours' events.
    fn heard(&self) -> BTreeMap<&'static str, u64>;
    /// Effects under way, by kind.
    fn effects_running(&self) -> Vec<(String, i64)>;
    /// What operators may ask of any service.
    fn operate(
        &self,
        actor: Actor,
        admin: Admin,
    ) -> std::pin::Pin<Box<dyn Future<Output = Option<AdminReply>> + Send + '_>>;
}

impl<S: Service> Control for Handle<S> {
    fn is_alive(&self) -> bool {
        Handle::is_alive(self)
    }

    fn stop(&self) {
        Handle::stop(self);
    }

    fn bell(&self) -> Bell {
        Handle::bell(self)
    }

    fn heard(&self) -> BTreeMap<&'static str, u64> {
        Handle::heard(self)
    }

    fn effects_running(&self) -> Vec<(String, i64)> {
        Handle::effects_running(self)
    }

    fn operate(
        &self,
        actor: Actor,
        admin: Admin,
    ) -> std::pin::Pin<Box<dyn Future<Output = Option<AdminReply>> + Send + '_>> {
        Box::pin(Handle::operate(self, actor, admin))
    }
}

impl House {
    #[expect(clippy::too_many_arguments, reason = "everything that the roles share, named once")]
    pub(crate) fn new(
        data: DataFolder,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        fingerprints: Arc<Fingerprints>,
        callback_secret: Option<Secret<String>>,
        identity: Option<Identified>,
        provider: ProviderSettings,
        roles: Vec<Role>,
        internal_address: SocketAddr,
        stopped: UnboundedSender<WriterStopped>,
        observers: Observers,
    ) -> Self {
        Self {
            data,
            clock,
            ids,
            fingerprints,
            callback_secret,
            identity,
            provider,
            roles,
            internal_address,
            stopped,
            observers,
            tails: Mutex::default(),
            stores: Mutex::default(),
        }
    }

    /// Whether a role runs in this process.
    pub(crate) fn plays(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The door of a role that will run here, in front of its open store; made before any role starts, so that
    /// neighbours find it.
    pub(crate) fn door<S: Service>(&self, role: Role) -> Handle<S> {
        let handle = Writer::<S, SqliteJournal>::handle(COMMANDS_MAX, TAIL_EVENTS);
        if let Some(journal) = self.stores().get_mut(&role) {
            handle.begins_at(journal);
        }
        self.tails().insert(role, handle.tail().clone());
        handle
    }

    /// Where recent events of every role of this process can be heard.
    pub(crate) fn listen_to_all(&self, bell: &Bell) {
        for tail in self.tails().values() {
            tail.listen(bell.clone());
        }
    }

    /// Opens the stores of every role of this process, so that each finds its neighbours'; refuses
    /// stores that do not belong together.
    pub(crate) fn open_stores(&self) -> Result<()> {
        // At once: most of it is waiting for the disk.
        let opened = std::thread::scope(|scope| {
            let contexts = self.roles.iter().filter(|role| role.is_context());
            let opening: Vec<_> =
                contexts.map(|role| (*role, scope.spawn(|| self.open_store(*role)))).collect();
            opening
                .into_iter()
                .map(|(role, store)| match store.join() {
                    Ok(journal) => Ok((role, journal?)),
                    Err(panicked) => std::panic::resume_unwind(panicked),
                })
                .collect::<Result<Vec<_>>>()
        })?;
        self.stores().extend(opened);
        refuse_strangers(&self.data)
    }

    fn open_store(&self, role: Role) -> Result<SqliteJournal> {
        SqliteJournal::open(&self.data.role(role), role.name(), Options::default())
            .with_context(|| format!("the store of {role} cannot be opened"))
    }

    /// Hands out a role's store, with readers beside it; once.
    pub(crate) fn store(&self, role: Role) -> Result<(SqliteJournal, Readers)> {
        let journal = self.stores().remove(&role);
        let journal = journal.with_context(|| format!("the store of {role} is not open"))?;
        Ok((journal, Readers::new(READERS, self.opener(role))))
    }

    /// Starts a role behind its door.
    pub(crate) fn start<S: Service>(
        &self,
        role: Role,
        service: S,
        journal: SqliteJournal,
        handle: &Handle<S>,
        runner: Arc<dyn EffectRunner<S>>,
    ) -> Result<JoinHandle<()>> {
        let observer = self.observers.of_role(role, service.sources());
        let sources: Vec<Role> = service.sources().iter().filter_map(|name| Role::parse(name)).collect();
        let in_sight = !service.follows_in_time();
        let feeds = sources.iter().map(|source| self.feed(*source, &handle.bell(), in_sight)).collect();
        let far_sources = sources.iter().any(|source| !self.plays(*source));
        let quotas = Quotas { events: service.events_at_once(), ..Quotas::default() };
        let processor = Processor::open(service, journal, self.ids.clone(), quotas, self.clock.now())
            .with_context(|| format!("{role} cannot be read back from its store"))?;
        let stopped = self.stopped.clone();
        let options = WriterOptions {
            clock: self.clock.clone(),
            feeds,
            far_sources,
            commands_max: COMMANDS_MAX,
            tail_events: TAIL_EVENTS,
            observer,
            on_stop: Box::new(move |why| {
                let _nobody_listens = stopped.send(why);
            }),
        };
        Writer::start(handle, processor, runner, options).with_context(|| format!("{role} cannot be started"))
    }

    /// How a role hears another: its memory where it lives here, its store in any case. In sight of the other
    /// one or not.
    pub(crate) fn feed(&self, source: Role, bell: &Bell, in_sight: bool) -> FeedOpener {
        let tail = self.tails().get(&source).cloned();
        debug_assert!(tail.is_some() || !self.plays(source), "{source} has no door yet, and no bell");
        if let Some(tail) = &tail {
            tail.listen(bell.clone());
        }
        let open = self.opener(source);
        Box::new(move || {
            let feed = LocalFeed::new(open.clone(), tail.clone());
            Ok(Box::new(if in_sight { feed.in_sight() } else { feed }))
        })
    }

    /// Journals to rebuild a view from, in this order: their stores, never their memory.
    pub(crate) fn rebuild_feeds(&self, sources: &[&str]) -> Vec<FeedOpener> {
        let opener = |source: Role| -> FeedOpener {
            let open = self.opener(source);
            Box::new(move || Ok(Box::new(LocalFeed::new(open.clone(), None))))
        };
        sources.iter().filter_map(|name| Role::parse(name)).map(opener).collect()
    }

    fn opener(&self, role: Role) -> ReaderOpener {
        let folder = self.data.role(role);
        Arc::new(move || open_neighbour(&folder))
    }

    fn stores(&self) -> std::sync::MutexGuard<'_, BTreeMap<Role, SqliteJournal>> {
        self.stores.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tails(&self) -> std::sync::MutexGuard<'_, BTreeMap<Role, Tail>> {
        self.tails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A neighbour's store, for reading only.
pub(crate) fn open_neighbour(folder: &Path) -> Result<Box<dyn Reader>, StoreError> {
    Ok(Box::new(SqliteReader::open(&folder.join(journal_sqlite::FILE_NAME))?))
}

impl RunningRole {
    pub(crate) fn new<S: Service>(
        role: Role,
        handle: &Handle<S>,
        readers: Readers,
        thread: JoinHandle<()>,
        api: Router,
        internal: Router,
    ) -> Self {
        Self { role, api, internal, control: Arc::new(handle.clone()), readers, thread: Some(thread) }
    }

    /// Waits for the writer's end.
    pub(crate) fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}
