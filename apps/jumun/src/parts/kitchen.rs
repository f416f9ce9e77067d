use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use kitchen_service::rest::{KitchenApi, routes};
use kitchen_service::{KitchenService, STEP_WAIT_MILLIS};
use runtime::Handle;

use crate::house::{House, RunningRole};
use crate::roles::Role;

pub(crate) fn start(house: &Arc<House>, handle: &Handle<KitchenService>) -> Result<RunningRole> {
    let (journal, readers) = house.store(Role::Kitchen)?;
    let service = KitchenService::default();
    let state = KitchenApi {
        handle: handle.clone(),
        readers: readers.clone(),
        shops: service.shops(),
        fingerprints: house.fingerprints.clone(),
        ids: house.ids.clone(),
        clock: house.clock.clone(),
        step_wait: Duration::from_millis(STEP_WAIT_MILLIS),
    };
    let thread = house.start(Role::Kitchen, service, journal, handle, Arc::new(()))?;
    let (api, _document) = routes().with_state(state).split_for_parts();
    Ok(RunningRole::new(Role::Kitchen, handle, readers, thread, api, Router::new()))
}
