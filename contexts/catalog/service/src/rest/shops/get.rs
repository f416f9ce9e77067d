use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use catalog_contract::ShopView;
use edge::etag::{EntityTag, IfNoneMatch};
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument};
use kernel::ShopKey;

use crate::rest::api::CatalogApi;

/// One shop: its name and what its orders go through.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}",
    operation_id = "read_shop",
    tag = "shops",
    params(
        ("shop" = String, Path, description = "The shop's key", example = "cafe"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag that is known"),
    ),
    responses(
        (status = 200, description = "The shop as it stands", body = ShopView, headers(("ETag" = String))),
        (status = 304, description = "It is as it is known"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(in crate::rest) async fn read_shop(
    State(api): State<CatalogApi>,
    StrictPath(shop): StrictPath<String>,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let row = api.shop(&ShopKey::from(shop)).await?;
    let tag = EntityTag::of_version(row.version);
    Ok(known.answer(tag, || ([(CONTENT_TYPE, "application/json")], row.body)))
}
