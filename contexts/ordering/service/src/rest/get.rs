use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::etag::IfNoneMatch;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument};
use edge::shown::Shown;
use ordering_contract::OrderView;
use uuid::Uuid;

use crate::rest::OrderingApi;

/// Reads an order, by its id or by its number in the shop.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/orders/{order}",
    tag = "orders",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
    ),
    responses(
        (status = 200, description = "The order", body = OrderView, headers(("ETag"))),
        (status = 304, description = "It is as the client knows it"),
        (status = 404, description = "There is no such order for whoever asks", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn read_order(
    State(api): State<Arc<OrderingApi>>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let by_id = Uuid::try_parse(&order).ok();
    if let Some(shown) =
        by_id.and_then(|id| api.kept.orders.get(&id)).filter(|kept| kept.is_for(&shop, &actor))
    {
        return Ok(shown.answer(&known));
    }
    let seen = api.kept.orders.look();
    let row = api.visible_row(&shop, &order, &actor).await?;
    let shown = Shown::new(&shop, row.customer, row.version, row.body);
    api.kept.orders.put(row.id, seen, shown.clone(), shown.size_bytes());
    Ok(shown.answer(&known))
}
