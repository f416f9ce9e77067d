//! Other processes on the same data folder: where they are, and how they wake each other.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use bus::Bell;
use tokio_util::sync::CancellationToken;

use crate::data_folder::DataFolder;
use crate::house::House;
use crate::roles::Role;

/// Who rings, where neighbours want to know.
const RINGER: &str = "bell";
/// How long a ring may take; polling makes up for one that is lost.
const RING_TIMEOUT: Duration = Duration::from_millis(500);

/// Finds the process that holds a role.
#[derive(Clone)]
pub(crate) struct Neighbours(DataFolder);

impl Neighbours {
    pub(crate) const fn new(data: DataFolder) -> Self {
        Self(data)
    }

    /// Where a role can be reached now.
    pub(crate) fn address(&self, role: Role) -> Option<SocketAddr> {
        self.0.holder(role).map(|holder| holder.internal_address)
    }
}

/// The route by which neighbours are woken.
pub(crate) fn bell_route(bells: Vec<Bell>) -> Router {
    let bells = Arc::new(bells);
    Router::new().route(
        "/internal/bell",
        post(move || {
            let bells = bells.clone();
            async move {
                for bell in bells.iter() {
                    bell.ring();
                }
            }
        }),
    )
}

/// Wakes the other processes whenever something was committed here, until shutdown.
pub(crate) fn ring_far_neighbours(house: &Arc<House>, shutdown: CancellationToken) {
    let far: Vec<Role> = Role::contexts().filter(|role| !house.plays(*role)).collect();
    if far.is_empty() {
        return;
    }
    let bell = Bell::default();
    house.listen_to_all(&bell);
    let neighbours = Neighbours::new(house.data.clone());
    let own = house.internal_address;
    let tokens = house.identity.as_ref().map(|identity| identity.tokens.clone());
    let client = reqwest::Client::builder().timeout(RING_TIMEOUT).no_proxy().build();
    let Ok(client) = client else { return };
    tokio::spawn(async move {
        while !shutdown.is_cancelled() {
            let waiting = bell.clone();
            let rang = tokio::task::spawn_blocking(move || waiting.wait(Duration::from_secs(1))).await;
            if !matches!(rang, Ok(true)) {
                continue;
            }
            let addresses: BTreeSet<SocketAddr> =
                far.iter().filter_map(|role| neighbours.address(*role)).filter(|at| *at != own).collect();
            for address in addresses {
                let mut ring = client.post(format!("http://{address}/internal/bell"));
                if let Some(token) = tokens.as_ref().and_then(|tokens| tokens.token(RINGER)) {
                    ring = ring.bearer_auth(token);
                }
                let _lost = ring.send().await;
            }
        }
    });
}
