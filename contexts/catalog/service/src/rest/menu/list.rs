use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;
use catalog_contract::{MenuItem, MenuView, shop_id};
use edge::etag::{EntityTag, IfNoneMatch};
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument};
use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use kernel::ShopKey;
use serde::Deserialize;
use utoipa::IntoParams;

use super::local::{Language, LocalMenu, MenuAnswer};
use crate::rest::api::{CatalogApi, shop_unknown};
use crate::views::{MENU_ITEMS, SHOPS, to_json};

/// More than any menu has.
const ITEMS_MAX: usize = 10_000;

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::rest) struct MenuQuery {
    /// Names as plain texts of one language; in every language when nobody says.
    language: Option<Language>,
}

/// What a shop sells, in the order of the menu.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/menu",
    operation_id = "read_menu",
    tag = "menu",
    params(
        ("shop" = String, Path, description = "The shop's key", example = "cafe"),
        MenuQuery,
        ("If-None-Match" = Option<String>, Header, description = "The ETag that is known"),
    ),
    responses(
        (status = 200, description = "The menu as it stands", body = MenuAnswer, headers(("ETag" = String))),
        (status = 304, description = "It is as it is known"),
        (status = 400, description = "A parameter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(in crate::rest) async fn read_menu(
    State(api): State<CatalogApi>,
    StrictPath(shop): StrictPath<String>,
    StrictQuery(MenuQuery { language }): StrictQuery<MenuQuery>,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let shop = ShopKey::from(shop);
    let version = api.shop(&shop).await?.version;
    let tag = EntityTag::of_version(version);
    if known.knows(tag) {
        return Ok(tag.on(StatusCode::NOT_MODIFIED));
    }
    if let Some(body) = api.menus.at(&shop, language, version) {
        return Ok(answer(version, body));
    }
    let (version, body) = read(&api, &shop, language).await?;
    api.menus.keep(shop, language, version, body.clone());
    Ok(answer(version, body))
}

fn answer(version: u64, body: Bytes) -> Response {
    // A cache may keep it, and asks with the tag whether it still holds.
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")];
    EntityTag::of_version(version).on((headers, body))
}

async fn read(api: &CatalogApi, shop: &ShopKey, language: Option<Language>) -> Result<(u64, Bytes), Problem> {
    let wanted = shop.clone();
    let menu = api.read(move |store| menu(store, wanted)).await?;
    let menu = menu.ok_or_else(|| shop_unknown(shop))?;
    let version = menu.version;
    let body = match language {
        Some(language) => to_json(&LocalMenu::of(menu, language)),
        None => to_json(&menu),
    };
    Ok((version, body.into()))
}

/// Shop and items are two reads: a change in between is read again.
fn menu(store: &mut dyn Reader, shop: ShopKey) -> Result<Option<MenuView>, StoreError> {
    for _ in 0..8 {
        let Some(before) = store.row(SHOPS, shop_id(&shop))? else { return Ok(None) };
        let items = items(store, &shop)?;
        let after = store.row(SHOPS, shop_id(&shop))?;
        if after.is_some_and(|after| after.version == before.version) {
            return Ok(Some(MenuView { shop, version: before.version, items }));
        }
    }
    Err(StoreError::Unavailable("the menu changes faster than it can be read".into()))
}

fn items(store: &mut dyn Reader, shop: &ShopKey) -> Result<Vec<MenuItem>, StoreError> {
    let query = RowQuery {
        collection: MENU_ITEMS.to_owned(),
        shop: Some(shop.as_str().to_owned()),
        order: RowOrder::OldestFirst,
        limit: ITEMS_MAX,
        ..RowQuery::default()
    };
    store.rows(&query)?.iter().map(item).collect()
}

fn item(row: &Row) -> Result<MenuItem, StoreError> {
    serde_json::from_slice(&row.body).map_err(|error| StoreError::Damaged {
        place: format!("{MENU_ITEMS} row {}", row.id),
        detail: error.to_string(),
    })
}
