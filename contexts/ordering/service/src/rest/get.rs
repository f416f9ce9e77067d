use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::etag::{EntityTag, IfNoneMatch};
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument};
use ordering_contract::OrderView;

use crate::rest::{OrderingApi, answers};

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
    State(api): State<OrderingApi>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let row = api.visible_row(&shop, &order, &actor).await?;
    let tag = EntityTag::of_version(row.version);
    Ok(known.answer(tag, || answers::order_answer(StatusCode::OK, &shop, &order, row.version, row.body)))
}
