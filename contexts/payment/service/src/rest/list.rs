use axum::Json;
use axum::extract::State;
use edge::actor::ActorHeader;
use edge::paging::{Cursor, CursorText, Limit, Page};
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument};
use journal::{Reader, Row, RowQuery, StoreError};
use kernel::ShopKey;
use payment_contract::{PaymentState, PaymentView};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::IntoParams;

use super::answers::StoredPayment;
use super::api::PaymentApi;
use super::viewer::own_only;
use crate::views::{PAYMENTS, stands_outside_lists};

/// Which payments, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PaymentFilter {
    /// Only in this state. Payments that took no money are shown only when their state is asked for.
    state: Option<PaymentState>,
    /// Only this customer's.
    customer: Option<String>,
    /// How many at most: 1 to 200, 50 when nobody says.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<CursorText>,
}

impl PaymentFilter {
    /// A cursor is good for the same list with the same filters.
    fn scope(&self, shop: &ShopKey, own: Option<&str>) -> String {
        let state = self.state.map_or("", PaymentState::as_str);
        let customer = self.customer.as_deref().unwrap_or_default();
        format!("payments/{shop}/{state}/{customer}/{}", own.unwrap_or_default())
    }

    fn query(&self, shop: &ShopKey, scope: &str, customer: Option<String>) -> Result<RowQuery, Problem> {
        let after = self.cursor.as_ref().map(|text| text.open(scope)).transpose()?;
        Ok(RowQuery {
            collection: PAYMENTS.to_owned(),
            shop: Some(shop.as_str().to_owned()),
            customer,
            state: self.state.map(|state| state.as_str().to_owned()),
            hidden: self.state.is_some_and(stands_outside_lists),
            after: after.map(|cursor| (cursor.position.unsigned_abs(), cursor.id)),
            limit: self.limit.get() + 1,
            ..RowQuery::default()
        })
    }
}

/// The payments of a shop, the newest order first. Customers see their own only.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/payments",
    operation_id = "list_payments",
    tag = "payments",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity"),
        PaymentFilter,
    ),
    responses(
        (status = 200, description = "A page of payments", body = Page<PaymentView>),
        (status = 400, description = "A parameter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_payments(
    State(api): State<PaymentApi>,
    StrictPath(shop): StrictPath<String>,
    StrictQuery(filter): StrictQuery<PaymentFilter>,
    actor: ActorHeader,
) -> Result<Json<Page<StoredPayment>>, Problem> {
    let shop = api.shop(shop)?;
    let own = own_only(&actor);
    let scope = filter.scope(&shop, own);
    if own.is_some_and(|own| filter.customer.as_deref().is_some_and(|customer| customer != own)) {
        return Ok(Json(Page { items: Vec::new(), next: None }));
    }
    let customer = own.map(str::to_owned).or_else(|| filter.customer.clone());
    let query = filter.query(&shop, &scope, customer)?;
    let items = api.read(move |store| stored(store, &query)).await?;
    Ok(Json(Page::of(items, filter.limit, &scope, |item| Cursor {
        position: i64::try_from(item.number).unwrap_or(i64::MAX),
        id: item.id,
    })))
}

fn stored(store: &mut dyn Reader, query: &RowQuery) -> Result<Vec<StoredPayment>, StoreError> {
    store.rows(query)?.into_iter().map(stored_payment).collect()
}

fn stored_payment(row: Row) -> Result<StoredPayment, StoreError> {
    let (number, id) = (row.number, row.id);
    let damaged = |detail: String| StoreError::Damaged { place: format!("{PAYMENTS} row {id}"), detail };
    let text = String::from_utf8(row.body).map_err(|error| damaged(error.to_string()))?;
    let body = RawValue::from_string(text).map_err(|error| damaged(error.to_string()))?;
    Ok(StoredPayment { number, id, body })
}
