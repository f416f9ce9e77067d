use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use delivery_service::rest::{DeliveryApi, routes};
use delivery_service::{DeliveryService, STEP_WAIT_MILLIS};
use runtime::Handle;

use crate::house::{House, RunningRole};
use crate::roles::Role;

pub(crate) fn start(house: &Arc<House>, handle: &Handle<DeliveryService>) -> Result<RunningRole> {
    let (journal, readers) = house.store(Role::Delivery)?;
    let service = DeliveryService::default();
    let state = DeliveryApi {
        handle: handle.clone(),
        readers: readers.clone(),
        shops: service.shops(),
        fingerprints: house.fingerprints.clone(),
        ids: house.ids.clone(),
        clock: house.clock.clone(),
        step_wait: Duration::from_millis(STEP_WAIT_MILLIS),
    };
    let thread = house.start(Role::Delivery, service, journal, handle, Arc::new(()))?;
    let (api, _document) = routes().with_state(state).split_for_parts();
    Ok(RunningRole::new(Role::Delivery, handle, readers, thread, api, Router::new()))
}
