use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use edge::principal::ServiceTokens;
use journal::Reader as _;
use kernel::Clock;
use payment_contract::PaymentClient;
use payment_service::client::{FarPayment, NearPayment, PaymentSwitch};
use payment_service::effects::ProviderRunner;
use payment_service::provider::callback::{CallbackDoor, CallbackSecret, SignedCallback};
use payment_service::provider::sandbox::{BOOK_FILE, CallbackLine, Sandbox};
use payment_service::provider::{Dialect, FarProvider, FarSettings, Provider};
use payment_service::rest::{CallbackDoors, PaymentApi, internal_router, routes};
use payment_service::{PaymentConfig, PaymentService, Shops};
use runtime::Handle;

use crate::house::{House, RunningRole};
use crate::neighbours::Neighbours;
use crate::parts::reconciler::Reconciler;
use crate::provider_note;
use crate::roles::Role;
use crate::serve::fresh_secret;
use crate::settings::ProviderName;

/// How often the sandbox's book is synced, off the path of orders.
const SYNC_BOOK_EVERY: Duration = Duration::from_secs(1);

pub(crate) fn start(
    house: &Arc<House>,
    handle: &Handle<PaymentService>,
    switch: &PaymentSwitch,
) -> Result<RunningRole> {
    let (mut journal, readers) = house.store(Role::Payment)?;
    provider_note::keep(&house.data, house.provider.name, journal.head()? > 0)?;
    let config = PaymentConfig::default();
    let secret = callback_secret(house)?;
    let shops = Shops::default();
    let state = PaymentApi {
        handle: handle.clone(),
        readers: readers.clone(),
        shops: shops.clone(),
        callbacks: Arc::new(doors(house.provider.name, secret.clone())),
        fingerprints: house.fingerprints.clone(),
        ids: house.ids.clone(),
        clock: house.clock.clone(),
    };
    let reconciler = Reconciler { house: house.clone(), handle: handle.clone(), readers: readers.clone() };
    let provider = match (&house.provider.far, secret) {
        (Some((dialect, settings)), _) => far(dialect, settings, reconciler)?,
        (None, secret) => near(house, secret, state.clone(), reconciler)?,
    };
    let runner = Arc::new(ProviderRunner::new(provider, &config));
    let thread = house.start(Role::Payment, PaymentService::new(config, shops), journal, handle, runner)?;
    let (api, _document) = routes().with_state(state).split_for_parts();
    let internal = internal_router(NearPayment::new(handle.clone(), switch.clone()));
    Ok(RunningRole::new(Role::Payment, handle, readers, thread, api, internal))
}

/// A provider over HTTP. It may be away: nothing is asked of it yet.
fn far(
    dialect: &Arc<dyn Dialect>,
    settings: &FarSettings,
    reconciler: Reconciler,
) -> Result<Arc<dyn Provider>> {
    tracing::info!(provider = dialect.name(), url = %settings.base, "payments go to a provider");
    let provider = Arc::new(FarProvider::try_new(dialect.clone(), settings.clone())?);
    tokio::spawn(reconciler.keep_asking(provider.clone()));
    Ok(provider)
}

/// The sandbox in this program, which calls back by the way that the route goes, signature and all.
fn near(
    house: &House,
    secret: Option<CallbackSecret>,
    api: PaymentApi,
    reconciler: Reconciler,
) -> Result<Arc<dyn Provider>> {
    let book = house.data.role(Role::Payment).join(BOOK_FILE);
    let provider = Arc::new(Sandbox::open(&book).context("the sandbox provider's book cannot be opened")?);
    let synced = provider.clone();
    tokio::spawn(async move { synced.keep_synced(SYNC_BOOK_EVERY).await });
    tokio::spawn(reconciler.keep_comparing(book));
    if let Some(secret) = secret {
        provider.call_back_through(line(secret, house.clock.clone(), api));
    }
    Ok(provider)
}

/// Who may call back: the provider, where it is known what it signs with.
fn doors(provider: ProviderName, secret: Option<CallbackSecret>) -> CallbackDoors {
    let door = secret.map(|secret| CallbackDoor { words: provider.words(), secret });
    door.into_iter().map(|door| (provider.as_str().to_owned(), door)).collect()
}

/// What the provider signs its calls with: as the environment or the file says, or, of the sandbox, made by
/// this folder.
fn callback_secret(house: &House) -> Result<Option<CallbackSecret>> {
    match &house.callback_secret {
        Some(text) => CallbackSecret::parse(text.expose())
            .context("the secret for callbacks is none: expected whsec_ and the base64 of 24 bytes or more")
            .map(Some),
        None if house.provider.far.is_some() => Ok(None),
        None => Ok(Some(CallbackSecret::of(&house.data.secret("payment-callbacks", fresh_secret)?))),
    }
}

fn line(secret: CallbackSecret, clock: Arc<dyn Clock>, api: PaymentApi) -> CallbackLine {
    let runtime = tokio::runtime::Handle::current();
    CallbackLine(Box::new(move |id, callback| {
        let api = api.clone();
        let signed = SignedCallback::sign(&secret, &id, clock.now(), &callback);
        runtime.spawn(async move {
            if let Err(problem) = api.take_callback(ProviderName::Sandbox.as_str(), &signed).await {
                tracing::warn!(kind = ?problem.kind(), "a callback of the sandbox was not taken");
            }
        });
    }))
}

/// How ordering asks payment: by its handle where it lives here, over HTTP where it does not.
pub(crate) fn client(
    near: Option<&Handle<PaymentService>>,
    switch: &PaymentSwitch,
    neighbours: &Neighbours,
    tokens: Option<Arc<dyn ServiceTokens>>,
) -> Result<Arc<dyn PaymentClient>> {
    if let Some(handle) = near {
        return Ok(Arc::new(NearPayment::new(handle.clone(), switch.clone())));
    }
    let neighbours = neighbours.clone();
    let far = FarPayment::try_new(Arc::new(move || neighbours.address(Role::Payment)), tokens)
        .context("the client for payment cannot be made")?;
    Ok(Arc::new(far))
}
