use axum::Json;
use axum::extract::State;
use delivery_contract::{DeliveryState, DeliveryView};
use edge::paging::{CursorText, Limit, Page, StoredItem};
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument};
use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use serde::Deserialize;
use utoipa::IntoParams;

use super::api::DeliveryApi;
use crate::views::DELIVERIES;

/// Which deliveries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DeliveryFilter {
    /// Only those that stand there.
    state: Option<DeliveryState>,
    /// How many at most: 1 to 200, 50 when nobody says.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<CursorText>,
}

/// The deliveries of a shop, the oldest first: the order to bring them in.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/deliveries",
    operation_id = "list_deliveries",
    tag = "deliveries",
    params(("shop" = String, Path, description = "The shop's key"), DeliveryFilter),
    responses(
        (status = 200, description = "A page of deliveries", body = Page<DeliveryView>),
        (status = 400, description = "A parameter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_deliveries(
    State(api): State<DeliveryApi>,
    StrictPath(shop): StrictPath<String>,
    StrictQuery(filter): StrictQuery<DeliveryFilter>,
) -> Result<Json<Page<StoredItem>>, Problem> {
    let shop = api.shop(shop)?;
    let state = filter.state.map(DeliveryState::as_str);
    let scope = format!("deliveries/{shop}/{}", state.unwrap_or("any"));
    let after = match &filter.cursor {
        Some(text) => Some(text.open(&scope)?),
        None => None,
    };
    let query = RowQuery {
        collection: DELIVERIES.to_owned(),
        shop: Some(shop.as_str().to_owned()),
        state: state.map(str::to_owned),
        order: RowOrder::OldestFirst,
        after: after.map(|cursor| (cursor.position.unsigned_abs(), cursor.id)),
        limit: filter.limit.get() + 1,
        ..RowQuery::default()
    };
    let deliveries = api.read(move |store| stored(store, &query)).await?;
    Ok(Json(Page::of(deliveries, filter.limit, &scope, StoredItem::cursor)))
}

fn stored(store: &mut dyn Reader, query: &RowQuery) -> Result<Vec<StoredItem>, StoreError> {
    store.rows(query)?.into_iter().map(stored_delivery).collect()
}

fn stored_delivery(row: Row) -> Result<StoredItem, StoreError> {
    let id = row.id;
    StoredItem::read(row.number, id, row.body)
        .map_err(|detail| StoreError::Damaged { place: format!("{DELIVERIES} row {id}"), detail })
}
