use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use edge::etag::{EntityTag, IfNoneMatch};
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument};
use inventory_contract::{StockItemView, stock_item_id};
use inventory_domain::StockItemRejection;

use super::answers::shown;
use super::api::InventoryApi;
use super::problems::problem;
use crate::command::InventoryRefusal;
use crate::views::STOCK;

/// One stock item of a shop.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/stock/{item}",
    operation_id = "read_stock_item",
    tag = "stock",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("item" = String, Path, description = "The item's name", example = "cup"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag that is known"),
    ),
    responses(
        (status = 200, description = "The item as it stands", body = StockItemView, headers(("ETag" = String))),
        (status = 304, description = "It is as it is known"),
        (status = 404, description = "No such shop, it keeps no stock, or no unit of the item ever came in", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn read_stock_item(
    State(api): State<InventoryApi>,
    StrictPath((shop, item)): StrictPath<(String, String)>,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let shop = api.shop_with_stock(shop)?;
    let id = stock_item_id(&shop, &item);
    let row = api.read(move |store| store.row(STOCK, id)).await?;
    let row = row
        .filter(|row| !row.hidden)
        .ok_or_else(|| problem(&InventoryRefusal::Item(StockItemRejection::Unknown)))?;
    let tag = EntityTag::of_version(row.version);
    if known.knows(tag) {
        return Ok(tag.on(StatusCode::NOT_MODIFIED));
    }
    Ok(shown(row.version, row.body))
}
