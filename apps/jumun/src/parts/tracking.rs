use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use journal::Reader;
use journal_sqlite::{SqliteReader, journal_path};
use runtime::Handle;
use tokio_util::sync::CancellationToken;
use tracking_service::TrackingService;
use tracking_service::rest::{KeptStories, ParkedAt, TrackingApi, Waiting, internal_routes, routes};
use uuid::Uuid;

use crate::house::{House, RunningRole};
use crate::roles::Role;

pub(crate) fn start(
    house: &Arc<House>,
    handle: &Handle<TrackingService>,
    shutdown: &CancellationToken,
) -> Result<RunningRole> {
    let (journal, readers) = house.store(Role::Tracking)?;
    let service = TrackingService::new(house.rebuild_feeds(tracking_service::SOURCES));
    let state = TrackingApi {
        handle: handle.clone(),
        readers: readers.clone(),
        shops: service.shops().clone(),
        clock: house.clock.clone(),
        parked: parked_at(house.data.path().to_owned()),
        shutdown: shutdown.clone(),
        kept: KeptStories::beside(handle),
        waiting: Waiting::default(),
    };
    let thread = house.start(Role::Tracking, service, journal, handle, Arc::new(()))?;
    let (api, _document) = routes().with_state(state.clone()).split_for_parts();
    Ok(RunningRole::new(Role::Tracking, handle, readers, thread, api, internal_routes(state)))
}

/// Looks at every role's store, whichever process holds it.
fn parked_at(data: PathBuf) -> ParkedAt {
    ParkedAt::new(move |order| {
        let data = data.clone();
        async move {
            let looked = tokio::task::spawn_blocking(move || {
                Role::contexts()
                    .filter(|role| is_parked(&data, *role, order))
                    .map(|role| role.name().to_owned())
                    .collect()
            });
            looked.await.unwrap_or_default()
        }
    })
}

/// A store that cannot be read now, or is not there yet, says nothing.
fn is_parked(data: &Path, role: Role, order: Uuid) -> bool {
    let path = journal_path(data, role.name());
    let parked = path.is_file().then(|| SqliteReader::open(&path).and_then(|mut store| store.parked()));
    parked.is_some_and(|parked| parked.is_ok_and(|parked| parked.iter().any(|parked| parked.blocks == order)))
}
