//! The routes of whoever looks at the sandbox: what has arrived, and how each channel behaves.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::routing::{get, put};
use axum::{Json, Router};
use catalog_contract::Channel;
use edge::body::StrictJson;
use edge::params::{StrictPath, StrictQuery};
use serde::{Deserialize, Serialize};

use super::Sandbox;
use super::book::Arrived;
use super::switches::Behaviour;

/// Which messages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Only those that came this way.
    channel: Option<Channel>,
    /// Only those to this phone or address.
    to: Option<String>,
    /// Only the one of this id.
    id: Option<String>,
    /// Only those behind this number.
    #[serde(default)]
    after: u64,
}

/// What has arrived.
#[derive(Serialize)]
struct Received {
    /// The newest last.
    items: Vec<Arrived>,
}

pub(super) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/received", get(received))
        .route("/switches", get(switches))
        .route("/switches/{channel}", put(switch))
        .fallback(edge::params::not_found)
        .method_not_allowed_fallback(edge::params::method_not_allowed)
}

async fn received(
    State(sandbox): State<Sandbox>,
    StrictQuery(wanted): StrictQuery<Wanted>,
) -> Json<Received> {
    let items = sandbox.book.read(|arrived| {
        arrived.number > wanted.after
            && wanted.channel.is_none_or(|channel| arrived.channel == channel)
            && wanted.to.as_ref().is_none_or(|to| arrived.to == *to)
            && wanted.id.as_ref().is_none_or(|id| arrived.id == *id)
    });
    Json(Received { items })
}

async fn switches(State(sandbox): State<Sandbox>) -> Json<BTreeMap<Channel, Behaviour>> {
    Json(sandbox.switches.read())
}

async fn switch(
    State(sandbox): State<Sandbox>,
    StrictPath(channel): StrictPath<Channel>,
    StrictJson(behaviour): StrictJson<Behaviour>,
) -> Json<BTreeMap<Channel, Behaviour>> {
    sandbox.switches.set(channel, behaviour);
    Json(sandbox.switches.read())
}
