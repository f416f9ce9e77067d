use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use payment_contract::PaymentClient;
use payment_service::client::{FarPayment, NearPayment, PaymentSwitch};
use payment_service::effects::ProviderRunner;
use payment_service::provider::sandbox::{BOOK_FILE, Sandbox};
use payment_service::rest::{PaymentApi, internal_router, routes};
use payment_service::{PaymentConfig, PaymentService, Shops};
use runtime::Handle;

use crate::house::{House, RunningRole};
use crate::neighbours::Neighbours;
use crate::parts::reconciler::Reconciler;
use crate::roles::Role;

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
    let synced = provider.clone();
    tokio::spawn(async move { synced.keep_synced(SYNC_BOOK_EVERY).await });
    tokio::spawn(reconciler.keep_comparing());
    let runner = Arc::new(ProviderRunner::new(provider, &config));
    let shops = Shops::default();
    let state = PaymentApi {
        handle: handle.clone(),
        readers: readers.clone(),
        shops: shops.clone(),
        fingerprints: house.fingerprints.clone(),
        ids: house.ids.clone(),
        clock: house.clock.clone(),
    };
    let thread = house.start(Role::Payment, PaymentService::new(config, shops), journal, handle, runner)?;
    let (api, _document) = routes().with_state(state).split_for_parts();
    let internal = internal_router(NearPayment::new(handle.clone(), switch.clone()));
    Ok(RunningRole::new(Role::Payment, handle, readers, thread, api, internal))
}

/// How ordering asks payment: by its handle where it lives here, over HTTP where it does not.
pub(crate) fn client(
    near: Option<&Handle<PaymentService>>,
    switch: &PaymentSwitch,
    neighbours: &Neighbours,
) -> Result<Arc<dyn PaymentClient>> {
    if let Some(handle) = near {
        return Ok(Arc::new(NearPayment::new(handle.clone(), switch.clone())));
    }
    let neighbours = neighbours.clone();
    let far = FarPayment::try_new(Arc::new(move || neighbours.address(Role::Payment)))
        .context("the client for payment cannot be made")?;
    Ok(Arc::new(far))
}
