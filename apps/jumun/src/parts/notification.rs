use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use notification_service::channels::{Reach, RealChannels, SetUp};
use notification_service::effects::ChannelRunner;
use notification_service::rest::{NotificationApi, routes};
use notification_service::{NotificationConfig, NotificationService};
use runtime::Handle;

use crate::house::{House, RunningRole};
use crate::roles::Role;
use crate::serve::fresh_secret;

/// The file of messages, in the role's folder.
const MESSAGES_FILE: &str = "messages.jsonl";

pub(crate) fn start(
    house: &Arc<House>,
    handle: &Handle<NotificationService>,
    reach: Reach,
    set_up: SetUp,
) -> Result<RunningRole> {
    let (journal, readers) = house.store(Role::Notification)?;
    let config = NotificationConfig { set_up: set_up.channels(), ..NotificationConfig::default() };
    let file = house.data.role(Role::Notification).join(MESSAGES_FILE);
    let channels =
        RealChannels::new(file, reach, Duration::from_millis(config.call_timeout_millis))?.with(set_up);
    let runner = ChannelRunner::new(readers.clone(), house.clock.clone(), Arc::new(channels), &config);
    let service = NotificationService::new(config);
    let state = NotificationApi {
        handle: handle.clone(),
        readers: readers.clone(),
        shops: service.shops(),
        fingerprints: house.fingerprints.clone(),
        ids: house.ids.clone(),
        clock: house.clock.clone(),
        fresh_secret,
        reach,
    };
    let thread = house.start(Role::Notification, service, journal, handle, Arc::new(runner))?;
    let (api, _document) = routes().with_state(state).split_for_parts();
    Ok(RunningRole::new(Role::Notification, handle, readers, thread, api, Router::new()))
}
