use axum::Json;
use axum::extract::State;
use edge::paging::{CursorText, Limit, Page, StoredItem};
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument};
use inventory_contract::StockItemView;
use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use serde::Deserialize;
use utoipa::IntoParams;

use super::api::InventoryApi;
use crate::views::{LOW, STOCK, THERE};

/// Which items.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StockPage {
    /// Only those that run low, or only those that do not.
    low: Option<bool>,
    /// How many items at most: 1 to 200, 50 when nobody says.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<CursorText>,
}

/// The stock of a shop, by running number.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/stock",
    operation_id = "list_stock",
    tag = "stock",
    params(("shop" = String, Path, description = "The shop's key"), StockPage),
    responses(
        (status = 200, description = "A page of stock items", body = Page<StockItemView>),
        (status = 400, description = "A parameter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop, or it keeps no stock", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_stock(
    State(api): State<InventoryApi>,
    StrictPath(shop): StrictPath<String>,
    StrictQuery(page): StrictQuery<StockPage>,
) -> Result<Json<Page<StoredItem>>, Problem> {
    let shop = api.shop_with_stock(shop)?;
    let state = page.low.map(|low| if low { LOW } else { THERE });
    let scope = format!("stock/{shop}/{}", state.unwrap_or("any"));
    let after = match &page.cursor {
        Some(text) => Some(text.open(&scope)?),
        None => None,
    };
    let query = RowQuery {
        collection: STOCK.to_owned(),
        state: state.map(str::to_owned),
        shop: Some(shop.as_str().to_owned()),
        order: RowOrder::OldestFirst,
        after: after.map(|cursor| (cursor.position.unsigned_abs(), cursor.id)),
        limit: page.limit.get() + 1,
        ..RowQuery::default()
    };
    let items = api.read(move |store| stored(store, &query)).await?;
    Ok(Json(Page::of(items, page.limit, &scope, StoredItem::cursor)))
}

fn stored(store: &mut dyn Reader, query: &RowQuery) -> Result<Vec<StoredItem>, StoreError> {
    store.rows(query)?.into_iter().map(stored_item).collect()
}

fn stored_item(row: Row) -> Result<StoredItem, StoreError> {
    let id = row.id;
    StoredItem::read(row.number, id, row.body)
        .map_err(|detail| StoreError::Damaged { place: format!("{STOCK} row {id}"), detail })
}
