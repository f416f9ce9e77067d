use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use edge::problem::{Problem, ProblemKind};
use kernel::{Actor, Causation};
use serde_json::{Value, json};

use crate::rest::TrackingApi;
use crate::service::{Command, Refusal, Reply};

/// For operators and other processes on this machine.
pub fn internal_routes(api: TrackingApi) -> Router {
    Router::new().route("/internal/tracking/rebuild", post(begin).get(progress)).with_state(api)
}

async fn begin(State(api): State<TrackingApi>) -> Result<Json<Value>, Problem> {
    ask(&api, Command::Rebuild).await
}

async fn progress(State(api): State<TrackingApi>) -> Result<Json<Value>, Problem> {
    ask(&api, Command::Progress).await
}

async fn ask(api: &TrackingApi, command: Command) -> Result<Json<Value>, Problem> {
    let causation = Causation::from_text("command/operator");
    match api.handle.call(command, Actor::system(), causation).await {
        Ok(Reply::Rebuilding(progress)) => Ok(Json(json!({
            "rebuilding": true,
            "generation": progress.generation.0,
            "done": progress.done,
            "total": progress.total,
        }))),
        Ok(Reply::Live(generation)) => Ok(Json(json!({"rebuilding": false, "generation": generation.0}))),
        Err(runtime::CallError::Refused(Refusal::NoFeeds)) => {
            Err(Problem::of(ProblemKind::NotHeldHere).detail("this process has no journals to rebuild from"))
        }
        Err(_) => Err(Problem::of(ProblemKind::StoreUnavailable)),
    }
}
