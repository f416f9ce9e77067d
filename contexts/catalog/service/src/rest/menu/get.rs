use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use catalog_contract::{MenuItem, menu_item_id};
use edge::etag::{EntityTag, IfNoneMatch};
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument};
use kernel::ShopKey;

use crate::rest::api::{CatalogApi, item_unknown};
use crate::views::MENU_ITEMS;

/// One item of a shop's menu.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/menu/{item}",
    operation_id = "read_menu_item",
    tag = "menu",
    params(
        ("shop" = String, Path, description = "The shop's key", example = "cafe"),
        ("item" = String, Path, description = "The item's key", example = "1"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag that is known"),
    ),
    responses(
        (status = 200, description = "The item as it stands", body = MenuItem, headers(("ETag" = String))),
        (status = 304, description = "It is as it is known"),
        (status = 404, description = "No such shop, or no such item on its menu", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(in crate::rest) async fn read_menu_item(
    State(api): State<CatalogApi>,
    StrictPath((shop, item)): StrictPath<(String, String)>,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let shop = ShopKey::from(shop);
    let id = menu_item_id(&shop, &item);
    let Some(row) = api.read(move |store| store.row(MENU_ITEMS, id)).await? else {
        api.shop(&shop).await?;
        return Err(item_unknown(&item));
    };
    let tag = EntityTag::of_version(row.version);
    Ok(known.answer(tag, || ([(CONTENT_TYPE, "application/json")], row.body)))
}
