use axum::Json;
use axum::extract::State;
use catalog_contract::ShopView;
use edge::paging::{Cursor, CursorText, Limit, Page};
use edge::params::StrictQuery;
use edge::problem::{Problem, ProblemDocument};
use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::rest::api::CatalogApi;
use crate::views::SHOPS;

const SCOPE: &str = "shops";

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::rest) struct ShopPage {
    /// How many shops at most: 1 to 200, 50 when nobody says.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<CursorText>,
}

/// The shops that are open here, the first opened first.
#[utoipa::path(
    get,
    path = "/v1/shops",
    operation_id = "list_shops",
    tag = "shops",
    params(ShopPage),
    responses(
        (status = 200, description = "A page of shops", body = Page<ShopView>),
        (status = 400, description = "A parameter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(in crate::rest) async fn list_shops(
    State(api): State<CatalogApi>,
    StrictQuery(page): StrictQuery<ShopPage>,
) -> Result<Json<Page<ShopView>>, Problem> {
    let after = match &page.cursor {
        Some(text) => Some(text.open(SCOPE)?),
        None => None,
    };
    let query = RowQuery {
        collection: SHOPS.to_owned(),
        order: RowOrder::OldestFirst,
        after: after.map(|cursor| (cursor.position.unsigned_abs(), cursor.id)),
        limit: page.limit.get() + 1,
        ..RowQuery::default()
    };
    let shops = api.read(move |store| listed(store, &query)).await?;
    let page = Page::of(shops, page.limit, SCOPE, |(number, id, _)| Cursor {
        position: i64::try_from(*number).unwrap_or(i64::MAX),
        id: *id,
    });
    Ok(Json(page.map(|(_, _, shop)| shop)))
}

type Listed = (u64, Uuid, ShopView);

fn listed(store: &mut dyn Reader, query: &RowQuery) -> Result<Vec<Listed>, StoreError> {
    store.rows(query)?.into_iter().map(view).collect()
}

fn view(row: Row) -> Result<Listed, StoreError> {
    let shop = serde_json::from_slice(&row.body).map_err(|error| StoreError::Damaged {
        place: format!("{SHOPS} row {}", row.id),
        detail: error.to_string(),
    })?;
    Ok((row.number, row.id, shop))
}
