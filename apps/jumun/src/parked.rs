//! Parked events over HTTP: listed, tried again, resolved, for whoever runs the shops.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use edge::actor::{ActorHeader, ActorRole};
use edge::body::StrictJson;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use gateway::FarRoles;
use journal::ParkedEvent;
use kernel::{Actor, OrderId, ShopKey};
use runtime::{Admin, AdminReply, Readers};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::house::{Control, RunningRole};
use crate::neighbours::Neighbours;
use crate::roles::Role;

/// A role of this process.
type Ward = (Role, Arc<dyn Control>, Readers);

/// The roles of this process, and the way to the others.
#[derive(Clone)]
pub(crate) struct Wards {
    held: Arc<Vec<Ward>>,
    neighbours: Neighbours,
    far: FarRoles,
}

impl Wards {
    pub(crate) fn new(running: &[RunningRole], neighbours: &Neighbours, far: &FarRoles) -> Self {
        let held =
            running.iter().map(|part| (part.role, part.control.clone(), part.readers.clone())).collect();
        Self { held: Arc::new(held), neighbours: neighbours.clone(), far: far.clone() }
    }

    fn of(&self, role: &str) -> Option<&Ward> {
        self.held.iter().find(|(held, _, _)| held.name() == role)
    }
}

/// The routes, with their documentation; they want [`Wards`] as state.
pub(crate) fn routes() -> OpenApiRouter<Wards> {
    OpenApiRouter::new()
        .routes(routes!(list_parked))
        .routes(routes!(retry_parked))
        .routes(routes!(resolve_parked))
}

/// Sends a request about a role that another process holds to that process.
pub(crate) async fn to_the_holder(
    State(wards): State<Wards>,
    params: RawPathParams,
    request: Request,
    next: Next,
) -> Response {
    let role = params.iter().find(|(name, _)| *name == "role").and_then(|(_, role)| Role::parse(role));
    let Some(role) = role else {
        return Problem::of(ProblemKind::NotFound).detail("there is no such role").into_response();
    };
    match wards.of(role.name()) {
        Some(_) => next.run(request).await,
        None => wards.far.forward(request, role.name(), || wards.neighbours.address(role)).await,
    }
}

/// A parked event.
#[derive(Debug, Serialize, ToSchema)]
struct ParkedView {
    /// The role that could not apply it.
    role: &'static str,
    /// The role whose journal it came from.
    source: String,
    /// Its position there.
    position: u64,
    /// The order that waits (or the stream, where it belongs to no order).
    order: OrderId,
    /// The order's number.
    number: u64,
    /// The shop.
    #[schema(value_type = String)]
    shop: ShopKey,
    /// What happened.
    event: String,
    /// Why it could not be applied; absent where it waits behind another.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    /// How often it was tried.
    attempts: u32,
    /// When it was parked, RFC 3339.
    parked_at: String,
    /// The event's payload, without its personal part.
    #[schema(value_type = Object)]
    data: Value,
}

/// Every parked event of a role.
#[derive(Debug, Serialize, ToSchema)]
struct ParkedList {
    /// The events, by source and position.
    items: Vec<ParkedView>,
}

/// How far a retry came.
#[derive(Debug, Serialize, ToSchema)]
struct Retried {
    /// Events applied now.
    applied: usize,
    /// Events that still wait.
    waiting: usize,
}

/// Lists the parked events of a role: each blocks the later events of its own order only.
#[utoipa::path(
    get,
    path = "/v1/parked/{role}",
    tag = "parked events",
    params(("role" = String, Path, description = "The role, such as kitchen")),
    responses(
        (status = 200, description = "The parked events", body = ParkedList),
        (status = 404, description = "There is no such role", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "No process holds the role", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
async fn list_parked(
    State(wards): State<Wards>,
    StrictPath(role): StrictPath<String>,
) -> Result<Json<ParkedList>, Problem> {
    let (role, _, readers) = wards.of(&role).ok_or_else(|| Problem::of(ProblemKind::NotHeldHere))?;
    let parked =
        readers.read(|store| store.parked()).await.map_err(|_| Problem::of(ProblemKind::StoreUnavailable))?;
    Ok(Json(ParkedList { items: parked.iter().map(|event| shown(*role, event)).collect() }))
}

fn shown(role: Role, parked: &ParkedEvent) -> ParkedView {
    ParkedView {
        role: role.name(),
        source: parked.source.to_string(),
        position: parked.event.position,
        order: OrderId(parked.blocks),
        number: parked.event.subject.order_number,
        shop: parked.event.subject.shop.clone(),
        event: parked.event.event_type.to_string(),
        cause: parked.cause.clone(),
        attempts: parked.attempts,
        parked_at: parked.at.to_string(),
        data: serde_json::from_slice(&parked.event.data).unwrap_or(Value::Null),
    }
}

/// Applies an order's parked events again, in order, as far as it goes.
#[utoipa::path(
    post,
    path = "/v1/parked/{role}/{order}/retry",
    tag = "parked events",
    params(
        ("role" = String, Path, description = "The role"),
        ("order" = Uuid, Path, description = "The order (or stream) that waits"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts: staff, a manager or an operator; kept in the audit"),
    ),
    responses(
        (status = 200, description = "How far it went", body = Retried),
        (status = 403, description = "Nobody in particular, or a customer", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "Nothing is parked there", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "No process holds the role", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
async fn retry_parked(
    State(wards): State<Wards>,
    StrictPath((role, order)): StrictPath<(String, Uuid)>,
    actor: ActorHeader,
) -> Result<Json<Retried>, Problem> {
    match operate(&wards, &role, &actor, Admin::RetryParked { blocks: order }).await? {
        AdminReply::Retried { applied, waiting } => Ok(Json(Retried { applied, waiting })),
        other => Err(unexpected(&other)),
    }
}

/// Why an event is taken out without being applied.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Resolution {
    /// In words, for the audit: 1 to 500 characters.
    note: String,
}

const NOTE_CHARACTERS_MAX: usize = 500;

/// Takes one parked event out without applying it; the audit keeps who and why.
#[utoipa::path(
    post,
    path = "/v1/parked/{role}/{source}/{position}/resolve",
    tag = "parked events",
    params(
        ("role" = String, Path, description = "The role"),
        ("source" = String, Path, description = "The role whose journal it came from"),
        ("position" = u64, Path, description = "Its position there"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts: staff, a manager or an operator; kept in the audit"),
    ),
    request_body = Resolution,
    responses(
        (status = 204, description = "It is out"),
        (status = 400, description = "The note is missing or too long", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Nobody in particular, or a customer", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "Nothing is parked there", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "No process holds the role", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
async fn resolve_parked(
    State(wards): State<Wards>,
    StrictPath((role, source, position)): StrictPath<(String, String, u64)>,
    actor: ActorHeader,
    StrictJson(resolution): StrictJson<Resolution>,
) -> Result<Response, Problem> {
    let length = resolution.note.trim().chars().count();
    if length == 0 || length > NOTE_CHARACTERS_MAX {
        let expected = format!("why, in 1 to {NOTE_CHARACTERS_MAX} characters");
        return Err(Problem::of(ProblemKind::InvalidField).field("note", expected));
    }
    let admin = Admin::ResolveParked { source, position, note: resolution.note };
    match operate(&wards, &role, &actor, admin).await? {
        AdminReply::Resolved => Ok(axum::http::StatusCode::NO_CONTENT.into_response()),
        other => Err(unexpected(&other)),
    }
}

async fn operate(
    wards: &Wards,
    role: &str,
    actor: &ActorHeader,
    admin: Admin,
) -> Result<AdminReply, Problem> {
    if !matches!(actor.role(), ActorRole::Staff | ActorRole::Manager | ActorRole::Operator) {
        return Err(Problem::of(ProblemKind::Forbidden)
            .detail("parked events are for staff, managers and operators: say who you are in Jumun-Actor"));
    }
    let (_, control, _) = wards.of(role).ok_or_else(|| Problem::of(ProblemKind::NotHeldHere))?;
    let actor = Actor::parse(actor.as_str()).unwrap_or_else(|_| Actor::anonymous());
    control.operate(actor, admin).await.ok_or_else(|| Problem::of(ProblemKind::ShuttingDown))
}

fn unexpected(reply: &AdminReply) -> Problem {
    match reply {
        AdminReply::Unknown => Problem::of(ProblemKind::NotFound).detail("nothing is parked there"),
        _ => Problem::of(ProblemKind::StoreUnavailable),
    }
}
