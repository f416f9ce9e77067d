use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use edge::actor::ActorHeader;
use edge::body::StrictJson;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemKind};
use journal::ParkedEvent;
use kernel::Actor;
use runtime::{Admin, AdminReply, Readers};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::Control;
use crate::parts::Parts;
use crate::roles::Role;

#[derive(Clone)]
struct Wards(Arc<Vec<(Role, Arc<dyn Control>, Readers)>>);

/// Parked events: `GET /parked`, `POST /parked/{role}/{order}/retry`,
/// `POST /parked/{role}/{source}/{position}/resolve`.
pub(super) fn routes(parts: &Parts) -> Router {
    let wards = parts.running.iter().map(|part| (part.role, part.control.clone(), part.readers.clone()));
    Router::new()
        .route("/parked", get(list))
        .route("/parked/{role}/{order}/retry", post(retry))
        .route("/parked/{role}/{source}/{position}/resolve", post(resolve))
        .with_state(Wards(Arc::new(wards.collect())))
}

async fn list(State(wards): State<Wards>) -> Result<Json<Value>, Problem> {
    let mut events = Vec::new();
    for (role, _, readers) in wards.0.iter() {
        let parked = readers
            .read(|store| store.parked())
            .await
            .map_err(|_| Problem::of(ProblemKind::StoreUnavailable))?;
        events.extend(parked.iter().map(|event| shown(*role, event)));
    }
    Ok(Json(json!({ "items": events })))
}

/// Everything but the payload's personal part.
fn shown(role: Role, parked: &ParkedEvent) -> Value {
    json!({
        "role": role.name(),
        "source": parked.source,
        "position": parked.event.position,
        "order": parked.blocks,
        "number": parked.event.subject.order_number,
        "shop": parked.event.subject.shop,
        "event": parked.event.event_type.as_ref(),
        "cause": parked.cause,
        "waits_behind_another": parked.cause.is_none(),
        "attempts": parked.attempts,
        "parked_at": parked.at.to_string(),
        "data": serde_json::from_slice::<Value>(&parked.event.data).unwrap_or(Value::Null),
    })
}

async fn retry(
    State(wards): State<Wards>,
    StrictPath((role, order)): StrictPath<(String, Uuid)>,
    actor: ActorHeader,
) -> Result<Json<Value>, Problem> {
    let reply = operate(&wards, &role, &actor, Admin::RetryParked { blocks: order }).await?;
    match reply {
        AdminReply::Retried { applied, waiting } => Ok(Json(json!({ "applied": applied, "waiting": waiting }))),
        other => Err(unexpected(&other)),
    }
}

/// Why an event is taken out without being applied.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Resolution {
    note: String,
}

async fn resolve(
    State(wards): State<Wards>,
    StrictPath((role, source, position)): StrictPath<(String, String, u64)>,
    actor: ActorHeader,
    StrictJson(resolution): StrictJson<Resolution>,
) -> Result<Json<Value>, Problem> {
    if resolution.note.trim().is_empty() {
        return Err(Problem::of(ProblemKind::InvalidField).field("note", "why, in words"));
    }
    let admin = Admin::ResolveParked { source, position, note: resolution.note };
    match operate(&wards, &role, &actor, admin).await? {
        AdminReply::Resolved => Ok(Json(json!({ "resolved": true }))),
        other => Err(unexpected(&other)),
    }
}

async fn operate(wards: &Wards, role: &str, actor: &ActorHeader, admin: Admin) -> Result<AdminReply, Problem> {
    let ward = wards.0.iter().find(|(held, _, _)| held.name() == role);
    let (_, control, _) = ward.ok_or_else(|| {
        Problem::of(ProblemKind::NotHeldHere).detail(format!("this process does not play the role {role}"))
    })?;
    let actor = Actor::parse(actor.as_str()).unwrap_or_else(|_| Actor::anonymous());
    control.operate(actor, admin).await.ok_or_else(|| Problem::of(ProblemKind::ShuttingDown))
}

fn unexpected(reply: &AdminReply) -> Problem {
    match reply {
        AdminReply::Unknown => Problem::of(ProblemKind::NotFound).detail("nothing is parked there"),
        _ => Problem::of(ProblemKind::StoreUnavailable),
    }
}
