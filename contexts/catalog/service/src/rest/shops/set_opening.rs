use axum::Json;
use axum::extract::State;
use catalog_contract::{OpeningState, OpeningView, Pause, PauseKind};
use edge::actor::ActorHeader;
use edge::body::StrictJson;
use edge::params::StrictPath;
use edge::problem::{FieldError, Problem, ProblemDocument, ProblemKind};
use kernel::{Actor, ActorKind, ShopKey, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::command::{CatalogCommand, CatalogReply};
use crate::rest::api::CatalogApi;

/// Whether a shop takes orders from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::rest) struct OpeningWish {
    /// `open`: as its hours say. `closed`: not at all. `busy`: no orders for now; orders for later than
    /// `until` are taken.
    state: OpeningState,
    /// When that ends by itself, RFC 3339: within 24 hours and needed with `busy`; within 366 days with
    /// `closed`, or missing: until somebody opens it.
    #[serde(default)]
    #[schema(example = "2026-11-29T14:30:00+09:00")]
    until: Option<String>,
}

/// Closes a shop, makes it busy, opens it again. The same wish again changes nothing; orders that stand
/// are not touched.
#[utoipa::path(
    put,
    path = "/v1/shops/{shop}/opening",
    operation_id = "set_opening",
    tag = "shops",
    params(
        ("shop" = String, Path, description = "The shop's key", example = "cafe"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity: staff:kim"),
    ),
    request_body = OpeningWish,
    responses(
        (status = 200, description = "Whether it takes orders now: an open shop is closed outside its hours", body = OpeningView),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Not for whoever asks", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(in crate::rest) async fn set_opening(
    State(api): State<CatalogApi>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    StrictJson(wish): StrictJson<OpeningWish>,
) -> Result<Json<OpeningView>, Problem> {
    if !works_here(&actor) {
        return Err(Problem::of(ProblemKind::Forbidden)
            .detail("only staff, managers and operators open and close a shop"));
    }
    let command = CatalogCommand::SetOpening { shop: ShopKey::from(shop), pause: pause(&wish)? };
    match api.call(&actor, command).await? {
        CatalogReply::Opening(opening) => Ok(Json(*opening)),
        _ => Err(Problem::of(ProblemKind::Internal)),
    }
}

fn works_here(actor: &ActorHeader) -> bool {
    let kind = Actor::parse(actor.as_str()).map(|actor| actor.kind());
    matches!(kind, Ok(ActorKind::Staff | ActorKind::Manager | ActorKind::Operator))
}

fn pause(wish: &OpeningWish) -> Result<Option<Pause>, Problem> {
    let wrong = |expected: &str, got: &str| {
        Problem::of(ProblemKind::InvalidField).error(FieldError::new("until", expected).got(got))
    };
    let until = match wish.until.as_deref() {
        Some(text) => {
            let at = Timestamp::parse(text);
            Some(at.ok_or_else(|| wrong("an RFC 3339 time such as 2026-11-29T14:30:00+09:00", text))?)
        }
        None => None,
    };
    match (wish.state, until) {
        (OpeningState::Open, Some(_)) => {
            Err(wrong("nothing: a shop is open until its hours end", wish.until.as_deref().unwrap_or("")))
        }
        (OpeningState::Open, None) => Ok(None),
        (OpeningState::Closed, until) => Ok(Some(Pause { kind: PauseKind::Closed, until })),
        (OpeningState::Busy, until) => Ok(Some(Pause { kind: PauseKind::Busy, until })),
    }
}
