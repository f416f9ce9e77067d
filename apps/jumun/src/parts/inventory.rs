use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use inventory_service::InventoryService;
use inventory_service::rest::{InventoryApi, routes};
use runtime::Handle;

use crate::house::{House, RunningRole};
use crate::roles::Role;

pub(crate) fn start(house: &Arc<House>, handle: &Handle<InventoryService>) -> Result<RunningRole> {
    let (journal, readers) = house.store(Role::Inventory)?;
    let service = InventoryService::default();
    let state = InventoryApi {
        handle: handle.clone(),
        readers: readers.clone(),
        shops: service.shops(),
        fingerprints: house.fingerprints.clone(),
        ids: house.ids.clone(),
        clock: house.clock.clone(),
    };
    let thread = house.start(Role::Inventory, service, journal, handle, Arc::new(()))?;
    let (api, _document) = routes().with_state(state).split_for_parts();
    Ok(RunningRole::new(Role::Inventory, handle, readers, thread, api, Router::new()))
}
