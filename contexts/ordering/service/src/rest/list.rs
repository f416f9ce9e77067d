use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
};
use edge::actor::ActorHeader;
use edge::paging::{Cursor, CursorText, Limit};
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use journal::{Row, RowQuery};
use kernel::{ActorKind, ShopKey};
use ordering_contract::{OrderState, OrderView};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::rest::post::actor_of;
use crate::rest::{OrderingApi, store_problem};
use crate::views::ORDERS;

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Only in this state.
    state: Option<OrderState>,
    /// Only this customer's.
    customer: Option<String>,
    /// Only with this item.
    item: Option<String>,
    /// How many at most: 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
    /// `next` of the page before, with the same filters.
    #[param(value_type = Option<String>)]
    cursor: Option<CursorText>,
}

/// Lists the shop's orders, the latest first. A customer sees their own.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/orders",
    tag = "orders",
    params(("shop" = String, Path, description = "The shop's key"), Filter),
    responses(
        (status = 200, description = "A page of orders", body = edge::paging::Page<OrderView>),
        (status = 400, description = "A filter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_orders(
    State(api): State<Arc<OrderingApi>>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    StrictQuery(filter): StrictQuery<Filter>,
) -> Result<Response, Problem> {
    if api.shops.now().current(&ShopKey::from(shop.as_str())).is_none() {
        return Err(Problem::of(ProblemKind::ShopUnknown).detail(format!("there is no shop {shop} here")));
    }
    let actor = actor_of(&actor);
    let customer = match actor.kind() {
        ActorKind::Customer => actor.id().map(ToOwned::to_owned),
        _ => filter.customer,
    };
    let state = filter.state.map(OrderState::as_str);
    let scope = format!("orders/{shop}/{customer:?}/{state:?}/{:?}", filter.item);
    let after = filter.cursor.map(|cursor| cursor.open(&scope)).transpose()?;
    let query = RowQuery {
        collection: ORDERS.into(),
        shop: Some(shop),
        customer,
        state: state.map(ToOwned::to_owned),
        search: filter.item,
        after: after.map(|cursor| (u64::try_from(cursor.position).unwrap_or(0), cursor.id)),
        limit: filter.limit.get() + 1,
        ..RowQuery::default()
    };
    let name = format!("{scope}/{:?}/{}", query.after, query.limit);
    if let Some(kept) = api.kept.pages.get(&name) {
        return Ok(answer(kept));
    }
    let seen = api.kept.pages.look();
    let rows = api.readers.read(move |store| store.rows(&query)).await.map_err(store_problem)?;
    let page = Bytes::from(page(rows, filter.limit, &scope));
    api.kept.pages.put(name, seen, page.clone(), page.len());
    Ok(answer(page))
}

/// Enough for what stands around the rows of a page.
const ROUND_THE_ROWS_BYTES: usize = 256;

/// The rows are JSON already: the page is put around them.
fn page(mut rows: Vec<Row>, limit: Limit, scope: &str) -> Vec<u8> {
    let more = rows.len() > limit.get();
    rows.truncate(limit.get());
    let lengths: usize = rows.iter().map(|row| row.body.len() + 1).sum();
    let mut body = Vec::with_capacity(lengths + ROUND_THE_ROWS_BYTES);
    body.extend_from_slice(b"{\"items\":[");
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&row.body);
    }
    body.push(b']');
    if more && let Some(last) = rows.last() {
        let position = i64::try_from(last.number).unwrap_or(i64::MAX);
        let next = Cursor { position, id: last.id }.seal(scope);
        body.extend_from_slice(format!(",\"next\":\"{next}\"").as_bytes());
    }
    body.push(b'}');
    body
}

fn answer(page: Bytes) -> Response {
    let mut response = Response::new(Body::from(page));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
