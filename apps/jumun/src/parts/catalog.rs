use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use catalog_service::CatalogService;
use catalog_service::rest::{CatalogApi, routes};
use runtime::Handle;

use crate::house::{House, RunningRole};
use crate::roles::Role;

pub(crate) fn start(house: &Arc<House>, handle: &Handle<CatalogService>) -> Result<RunningRole> {
    let (journal, readers) = house.store(Role::Catalog)?;
    let state = CatalogApi::new(handle.clone(), readers.clone(), house.ids.clone(), house.clock.clone());
    let thread = house.start(Role::Catalog, CatalogService::default(), journal, handle, Arc::new(()))?;
    let (api, _document) = routes().with_state(state).split_for_parts();
    Ok(RunningRole::new(Role::Catalog, handle, readers, thread, api, Router::new()))
}
