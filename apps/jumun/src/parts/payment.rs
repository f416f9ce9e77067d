use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use edge::principal::ServiceTokens;
use kernel::Clock;
use payment_contract::PaymentClient;
use payment_service::client::{FarPayment, NearPayment, PaymentSwitch};
use payment_service::effects::ProviderRunner;
use payment_service::provider::callback::{CallbackSecret, SignedCallback};
use payment_service::provider::sandbox::{BOOK_FILE, CallbackLine, Sandbox};
use payment_service::rest::{CallbackSecrets, PaymentApi, internal_router, routes};
use payment_service::{PaymentConfig, PaymentService, Shops};
use runtime::Handle;

use crate::house::{House, RunningRole};
use crate::neighbours::Neighbours;
use crate::parts::reconciler::Reconciler;
use crate::roles::Role;
use crate::serve::fresh_secret;

/// The name that the sandbox provider calls back under.
const SANDBOX: &str = "sandbox";

/// How often the sandbox's book is synced, off the path of orders.
const SYNC_BOOK_EVERY: Duration = Duration::from_secs(1);

pub(crate) fn start(
    house: &Arc<House>,
    handle: &Handle<PaymentService>,
    switch: &PaymentSwitch,
) -> Result<RunningRole> {
    let (journal, readers) = house.store(Role::Payment)?;
    let config = PaymentConfig::default();
    let book = house.data.role(Role::Payment).join(BOOK_FILE);
    let reconciler = Reconciler {
        house: house.clone(),
        handle: handle.clone(),
        readers: readers.clone(),
        book: book.clone(),
    };
    let provider = Arc::new(Sandbox::open(&book).context("the sandbox provider's book cannot be opened")?);
    let secret = callback_secret(house)?;
    let synced = provider.clone();
    tokio::spawn(async move { synced.keep_synced(SYNC_BOOK_EVERY).await });
    tokio::spawn(reconciler.keep_comparing());
    let runner = Arc::new(ProviderRunner::new(provider.clone(), &config));
    let shops = Shops::default();
    let state = PaymentApi {
        handle: handle.clone(),
        readers: readers.clone(),
        shops: shops.clone(),
        callbacks: Arc::new(CallbackSecrets::from([(SANDBOX.to_owned(), secret.clone())])),
        fingerprints: house.fingerprints.clone(),
        ids: house.ids.clone(),
        clock: house.clock.clone(),
    };
    provider.call_back_through(line(secret, house.clock.clone(), state.clone()));
    let thread = house.start(Role::Payment, PaymentService::new(config, shops), journal, handle, runner)?;
    let (api, _document) = routes().with_state(state).split_for_parts();
    let internal = internal_router(NearPayment::new(handle.clone(), switch.clone()));
    Ok(RunningRole::new(Role::Payment, handle, readers, thread, api, internal))
}

/// What providers sign their calls with: as the environment or the file says, or made by this folder.
fn callback_secret(house: &House) -> Result<CallbackSecret> {
    match &house.callback_secret {
        Some(text) => CallbackSecret::parse(text.expose())
            .context("the secret for callbacks is none: expected whsec_ and the base64 of 24 bytes or more"),
        None => Ok(CallbackSecret::of(&house.data.secret("payment-callbacks", fresh_secret)?)),
    }
}

/// The sandbox calls back by the way that the route goes, signature and all.
fn line(secret: CallbackSecret, clock: Arc<dyn Clock>, api: PaymentApi) -> CallbackLine {
    let runtime = tokio::runtime::Handle::current();
    let bring = move |signed: SignedCallback| {
        let api = api.clone();
        runtime.spawn(async move {
            if let Err(problem) = api.take_callback(SANDBOX, &signed).await {
                tracing::warn!(kind = ?problem.kind(), "a callback of the sandbox was not taken");
            }
        });
    };
    CallbackLine { secret, clock, bring: Box::new(bring) }
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
