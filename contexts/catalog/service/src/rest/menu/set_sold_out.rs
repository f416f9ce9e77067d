use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use catalog_contract::MenuItem;
use edge::actor::ActorHeader;
use edge::body::StrictJson;
use edge::etag::{EntityTag, IfMatch};
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use kernel::ShopKey;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::command::{CatalogCommand, CatalogReply};
use crate::rest::api::CatalogApi;
use crate::views::to_json;

/// Whether an item can be had.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::rest) struct SoldOut {
    /// Whether it cannot be had.
    sold_out: bool,
}

/// Says that an item cannot be had, or can again. Orders that stand are not touched.
#[utoipa::path(
    put,
    path = "/v1/shops/{shop}/menu/{item}/sold-out",
    operation_id = "set_sold_out",
    tag = "menu",
    params(
        ("shop" = String, Path, description = "The shop's key", example = "cafe"),
        ("item" = String, Path, description = "The item's key", example = "1"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the item as it was read"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity"),
    ),
    request_body = SoldOut,
    responses(
        (status = 200, description = "The item as it stands now", body = MenuItem, headers(("ETag" = String))),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop, or no such item on its menu", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "The item has changed since it was read", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(in crate::rest) async fn set_sold_out(
    State(api): State<CatalogApi>,
    StrictPath((shop, item)): StrictPath<(String, String)>,
    actor: ActorHeader,
    if_match: IfMatch,
    StrictJson(SoldOut { sold_out }): StrictJson<SoldOut>,
) -> Result<Response, Problem> {
    let command =
        CatalogCommand::SetSoldOut { shop: ShopKey::from(shop), item, sold_out, if_match: Some(if_match) };
    match api.call(&actor, command).await? {
        CatalogReply::Item { item, version } => Ok(shown(&item, version)),
        _ => Err(Problem::of(ProblemKind::Internal)),
    }
}

fn shown(item: &MenuItem, version: u64) -> Response {
    EntityTag::of_version(version).on(([(CONTENT_TYPE, "application/json")], to_json(item)))
}
