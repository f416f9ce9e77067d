use std::sync::Arc;

use anyhow::Result;
use runtime::Handle;
use tokio_util::sync::CancellationToken;
use tracking_service::TrackingService;
use tracking_service::rest::{TrackingApi, internal_routes, routes};

use crate::house::{House, RunningRole};
use crate::roles::Role;

pub(crate) fn start(
    house: &Arc<House>,
    handle: &Handle<TrackingService>,
    shutdown: &CancellationToken,
) -> Result<RunningRole> {
    let (journal, readers) = house.store(Role::Tracking)?;
    let service = TrackingService::new(house.rebuild_feeds(tracking_service::SOURCES));
    let state = TrackingApi { handle: handle.clone(), readers: readers.clone(), shutdown: shutdown.clone() };
    let thread = house.start(Role::Tracking, service, journal, handle, Arc::new(()))?;
    let (api, _document) = routes().with_state(state.clone()).split_for_parts();
    Ok(RunningRole::new(Role::Tracking, handle, readers, thread, api, internal_routes(state)))
}
