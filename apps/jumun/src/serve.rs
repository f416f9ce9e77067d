//! `jumun serve`: opens the shops.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use edge::forward::{ForwardSettings, Forwarder};
use edge::idempotency::Fingerprints;
use edge::listener::{Listener, ListenerSettings};
use gateway::{FarRoles, Gateway};
use kernel::{Clock, IdSource, SeededIds};
use runtime::WriterStopped;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_util::sync::CancellationToken;
use vocabulary::DoorSettings;

use crate::clock::SystemClock;
use crate::data_folder::{DataFolder, RoleLock};
use crate::house::{House, RunningRole};
use crate::identity::Identified;
use crate::issuing::Issuing;
use crate::neighbours::{Neighbours, bell_route, ring_far_neighbours};
use crate::observers::Observers;
use crate::parts::{self, Parts};
use crate::roles::Role;
use crate::settings::messages::{NOT_SET_UP, missing_ways};
use crate::settings::{Identity, Settings};
use crate::words::Words;
use crate::{admin, door, shops, words};

/// How long ready may wait for the shops to be heard of everywhere in this process.
const READY_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves until it is told to stop (0), or a writer fails (1).
pub(crate) async fn serve(settings: Settings) -> Result<ExitCode> {
    let files = shops::named(&settings.shops)?;
    let data = DataFolder::open(&settings.data)?;
    let internal = bind(SocketAddr::from(([127, 0, 0, 1], 0)), "neighbours on this machine").await?;
    let locks = settings
        .roles
        .iter()
        .filter(|role| role.is_context())
        .map(|role| data.hold(*role, internal.local_addr()))
        .collect::<Result<Vec<RoleLock>>>()?;
    let shutdown = CancellationToken::new();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let observers = Observers::start(&settings, clock.clone())?;
    let issuing = Issuing::of(&settings, &data, &clock)?;
    let (house, stopped) = build_house(&settings, &data, &internal, &observers, issuing.as_ref(), clock)?;
    let neighbours = Neighbours::new(data.clone());
    if house.plays(Role::Notification) {
        for (shop, channel) in missing_ways(files.iter().map(|file| &file.life), &settings.messages) {
            tracing::warn!(%shop, channel = channel.as_str(), "{}", NOT_SET_UP);
        }
    }
    let messages = settings.messages.clone();
    let parts = parts::start(&house, &neighbours, &shutdown, settings.webhooks_to.into(), messages)?;
    let words = words::listen(&house, shutdown.clone())?;
    let spoken = DoorSettings {
        shops: words.shops.clone(),
        alone: if let [only] = files.as_slice() { Some(only.life.key.clone()) } else { None },
        public_url: settings.public_url.clone(),
        ids: house.ids.clone(),
        clock: house.clock.clone(),
    };
    let served =
        open_doors(&settings, &house, internal, &neighbours, spoken, &parts, issuing, &shutdown).await?;
    ring_far_neighbours(&house, shutdown.clone());
    if let Some(catalog) = &parts.catalog {
        shops::open(catalog, files, &house).await?;
    }
    wait_until_ready(&parts, &words).await;
    // Whoever reads that it listens may stop it at once.
    let signals = Signals::listen()?;
    announce(&settings, &served);
    let code = wait_for_the_end(signals, stopped).await;
    drain(parts.running, served, &shutdown).await;
    observers.finish().await;
    drop(locks);
    Ok(code)
}

fn build_house(
    settings: &Settings,
    data: &DataFolder,
    internal: &Listener,
    observers: &Observers,
    issuing: Option<&Issuing>,
    clock: Arc<dyn Clock>,
) -> Result<(Arc<House>, UnboundedReceiver<WriterStopped>)> {
    let (sender, stopped) = unbounded_channel();
    let ids: Arc<dyn IdSource> = Arc::new(SeededIds::from_system());
    let secret = data.secret("fingerprints", fresh_secret)?;
    let house = House::new(
        data.clone(),
        clock,
        ids,
        Arc::new(Fingerprints::new(&secret)),
        settings.callback_secret.clone(),
        issuing.map(|issuing| Identified::new(issuing.tokens(), issuing.services.clone())),
        settings.provider.clone(),
        settings.roles.clone(),
        internal.local_addr(),
        sender,
        observers.clone(),
    );
    Ok((Arc::new(house), stopped))
}

/// Bytes that nobody can guess.
pub(crate) fn fresh_secret() -> [u8; 32] {
    let mut secret = [0; 32];
    fill_with_chance(&mut secret);
    secret
}

/// Fills bytes so that nobody can guess them.
pub(crate) fn fill_with_chance(bytes: &mut [u8]) {
    use rand::{RngCore, TryRngCore};
    rand::rngs::OsRng.unwrap_err().fill_bytes(bytes);
}

/// The listeners that are open.
struct Served {
    public: SocketAddr,
    operators: SocketAddr,
    /// With which the first account is made, while there is none.
    set_up_code: Option<String>,
    tasks: Vec<tokio::task::JoinHandle<edge::listener::Drained>>,
}

#[expect(clippy::too_many_arguments, reason = "everything that is behind a door, named once")]
async fn open_doors(
    settings: &Settings,
    house: &House,
    internal: Listener,
    neighbours: &Neighbours,
    words: DoorSettings,
    parts: &Parts,
    issuing: Option<Issuing>,
    shutdown: &CancellationToken,
) -> Result<Served> {
    let public = bind(settings.listen, "customers and staff").await?;
    let operators = bind(settings.admin_listen, "operators").await?;
    let (address, operators_address) = (public.local_addr(), operators.local_addr());
    let watched = &house.observers;
    let gateway = Gateway::new(&settings.gateway, house.clock.clone());
    let authority = house.identity.as_ref().map(|identity| identity.authority.clone());
    let of_identity = match &issuing {
        Some(issuing) => issuing.routes(settings.public_url.as_deref(), address)?,
        None => issuer::rest::served(None, false),
    };
    let timeouts = settings.gateway.timeouts;
    let far = FarRoles::new(Forwarder::new(&ForwardSettings::default()), house.clock.clone())
        .given_up_after(timeouts.shortest_millis());
    let (running, table) = (&parts.running, authority.as_ref());
    let doors =
        door::doors(watched, running, neighbours, words, &gateway, timeouts, &far, table, of_identity);
    let bells = parts.running.iter().map(|part| part.control.bell()).collect();
    let asked_by_services =
        parts.running.iter().fold(bell_route(bells), |routes, part| routes.merge(part.internal.clone()));
    let asked_by_services = match &authority {
        Some(authority) => authority.for_services(asked_by_services),
        None => asked_by_services,
    };
    let for_neighbours = doors.neighbours.merge(asked_by_services);
    let for_operators = admin::routes(parts, &house.data, watched, &gateway, &far, authority.as_ref());
    let tasks = vec![
        tokio::spawn(public.serve(doors.public, shutdown.clone())),
        tokio::spawn(internal.serve(for_neighbours, shutdown.clone())),
        tokio::spawn(operators.serve(for_operators, shutdown.clone())),
    ];
    let set_up_code = issuing.as_ref().and_then(Issuing::set_up_code);
    Ok(Served { public: address, operators: operators_address, set_up_code, tasks })
}

async fn bind(address: SocketAddr, whom: &str) -> Result<Listener> {
    Listener::bind(address, ListenerSettings::default())
        .await
        .with_context(|| format!("{address} cannot be listened on for {whom}"))
}

/// Ready is when every role of this process has taken in the shops that its catalog tells of.
pub(crate) async fn wait_until_ready(parts: &Parts, words: &Words) {
    let catalog = parts.running.iter().find(|part| part.role == Role::Catalog);
    let Some(catalog) = catalog else { return };
    let Ok(told) = catalog.readers.read(|store| store.head()).await else { return };
    let deadline = tokio::time::Instant::now() + READY_TIMEOUT;
    for part in parts.running.iter().filter(|part| part.role != Role::Catalog) {
        while heard_of_catalog(part) < told && tokio::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    while words.heard() < told && tokio::time::Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// How far a role has read the catalog's journal.
fn heard_of_catalog(part: &RunningRole) -> u64 {
    part.control.heard().get(Role::Catalog.name()).copied().unwrap_or(0)
}

fn announce(settings: &Settings, served: &Served) {
    let Served { public, operators, set_up_code, .. } = served;
    match settings.identity {
        Some(Identity::BuiltIn) => tracing::info!("who calls has an account of this installation"),
        Some(Identity::Oidc) => tracing::info!("who calls has a token of the issuer that is configured"),
        Some(Identity::Open) if !public.ip().is_loopback() => {
            tracing::warn!(%public, "identity is open: everybody who reaches this address may do everything");
        }
        Some(Identity::Open) | None => {
            tracing::info!("identity is open on loopback: the header Jumun-Actor says who acts");
        }
    }
    // To the terminal, never to the log, which others read.
    if let Some(code) = set_up_code {
        println!("nobody has an account yet: POST /v1/identity/set-up makes the first, with the code");
        println!("set-up code {code}");
    }
    println!("operators on http://{operators}");
    println!("listening on http://{public}");
    let _closed = std::io::stdout().flush();
}

/// Sent where a file would grow beyond the limit of the process (POSIX; the same number everywhere that
/// this runs).
const SIGXFSZ: i32 = 25;

/// The signals that end it.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    pub(crate) fn listen() -> Result<Self> {
        // A file that may not grow any further is a failed write, which stops the writer in good order,
        // and not the death of the program.
        let _file_too_large = signal(SignalKind::from_raw(SIGXFSZ))?;
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for one of them.
    pub(crate) async fn wait(mut self) {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// A signal ends it well; a writer that stops by itself does not.
async fn wait_for_the_end(mut signals: Signals, mut stopped: UnboundedReceiver<WriterStopped>) -> ExitCode {
    tokio::select! {
        biased;
        _ = signals.terminate.recv() => ExitCode::SUCCESS,
        _ = signals.interrupt.recv() => ExitCode::SUCCESS,
        why = stopped.recv() => {
            if let Some(WriterStopped { role, cause: Some(cause) }) = why {
                eprintln!("jumun: {role} has stopped: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Answers what was asked, lets every writer finish what waits, and ends.
async fn drain(mut running: Vec<RunningRole>, served: Served, shutdown: &CancellationToken) {
    shutdown.cancel();
    for task in served.tasks {
        let _drained = task.await;
    }
    for part in &running {
        part.control.stop();
    }
    let _joined = tokio::task::spawn_blocking(move || running.iter_mut().for_each(RunningRole::join)).await;
}
