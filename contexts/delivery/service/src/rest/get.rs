use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use delivery_contract::DeliveryView;
use edge::etag::{EntityTag, IfNoneMatch};
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument};

use super::answers::shown;
use super::api::{DeliveryApi, DeliveryName};
use super::step::no_delivery;

/// One delivery of a shop.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/deliveries/{order}",
    operation_id = "read_delivery",
    tag = "deliveries",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag that is known"),
    ),
    responses(
        (status = 200, description = "The delivery as it stands", body = DeliveryView, headers(("ETag" = String))),
        (status = 304, description = "It is as it is known"),
        (status = 404, description = "No such shop or delivery", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn read_delivery(
    State(api): State<DeliveryApi>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let shop = api.shop(shop)?;
    let name = DeliveryName::read(&order).ok_or_else(no_delivery)?;
    let row = api.row(&shop, name).await?.ok_or_else(no_delivery)?;
    let tag = EntityTag::of_version(row.version);
    if known.knows(tag) {
        return Ok(tag.on(StatusCode::NOT_MODIFIED));
    }
    Ok(shown(row.version, row.body))
}
