use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::house::Control;
use crate::parts::Parts;
use crate::roles::Role;

type Controls = Arc<Vec<(Role, Arc<dyn Control>)>>;

/// `/livez`: the program answers and every writer it plays is there. `/readyz`: the same, for
/// whoever sends it traffic.
pub(super) fn routes(parts: &Parts) -> Router {
    let controls: Controls =
        Arc::new(parts.running.iter().map(|part| (part.role, part.control.clone())).collect());
    Router::new().route("/livez", get(health)).route("/readyz", get(health)).with_state(controls)
}

async fn health(State(controls): State<Controls>) -> (StatusCode, Json<Value>) {
    let roles: serde_json::Map<String, Value> = controls
        .iter()
        .map(|(role, control)| {
            (role.name().to_owned(), json!(if control.is_alive() { "up" } else { "down" }))
        })
        .collect();
    let all_up = controls.iter().all(|(_, control)| control.is_alive());
    let status = if all_up { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "status": if all_up { "up" } else { "down" }, "roles": roles })))
}
