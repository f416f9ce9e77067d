use axum::Json;
use axum::extract::State;
use edge::paging::{Cursor, CursorText, Limit, Page};
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument};
use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use kitchen_contract::{TicketState, TicketView};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::IntoParams;

use super::answers::StoredTicket;
use super::api::KitchenApi;
use crate::views::TICKETS;

/// Which tickets.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TicketFilter {
    /// Only those that stand there.
    state: Option<TicketState>,
    /// How many at most: 1 to 200, 50 when nobody says.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<CursorText>,
}

/// The tickets of a shop, the oldest first: the order to make them in.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/tickets",
    operation_id = "list_tickets",
    tag = "tickets",
    params(("shop" = String, Path, description = "The shop's key"), TicketFilter),
    responses(
        (status = 200, description = "A page of tickets", body = Page<TicketView>),
        (status = 400, description = "A parameter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_tickets(
    State(api): State<KitchenApi>,
    StrictPath(shop): StrictPath<String>,
    StrictQuery(filter): StrictQuery<TicketFilter>,
) -> Result<Json<Page<StoredTicket>>, Problem> {
    let shop = api.shop(shop)?;
    let state = filter.state.map(TicketState::as_str);
    let scope = format!("tickets/{shop}/{}", state.unwrap_or("any"));
    let after = match &filter.cursor {
        Some(text) => Some(text.open(&scope)?),
        None => None,
    };
    let query = RowQuery {
        collection: TICKETS.to_owned(),
        shop: Some(shop.as_str().to_owned()),
        state: state.map(str::to_owned),
        order: RowOrder::OldestFirst,
        after: after.map(|cursor| (cursor.position.unsigned_abs(), cursor.id)),
        limit: filter.limit.get() + 1,
        ..RowQuery::default()
    };
    let tickets = api.read(move |store| stored(store, &query)).await?;
    Ok(Json(Page::of(tickets, filter.limit, &scope, |ticket| Cursor {
        position: i64::try_from(ticket.number).unwrap_or(i64::MAX),
        id: ticket.id,
    })))
}

fn stored(store: &mut dyn Reader, query: &RowQuery) -> Result<Vec<StoredTicket>, StoreError> {
    store.rows(query)?.into_iter().map(stored_ticket).collect()
}

fn stored_ticket(row: Row) -> Result<StoredTicket, StoreError> {
    let (number, id) = (row.number, row.id);
    let damaged = |detail: String| StoreError::Damaged { place: format!("{TICKETS} row {id}"), detail };
    let text = String::from_utf8(row.body).map_err(|error| damaged(error.to_string()))?;
    let body = RawValue::from_string(text).map_err(|error| damaged(error.to_string()))?;
    Ok(StoredTicket { number, id, body })
}
