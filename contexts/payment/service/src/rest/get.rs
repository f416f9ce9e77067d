use axum::extract::State;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::etag::{EntityTag, IfNoneMatch};
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument};
use http::StatusCode;
use payment_contract::PaymentView;

use super::answers::shown;
use super::api::PaymentApi;
use super::problems::no_such_payment;
use super::viewer::own_only;

/// The payment of an order, whatever became of it. Customers see their own only.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/orders/{order}/payment",
    operation_id = "read_payment",
    tag = "payments",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag that is known"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity"),
    ),
    responses(
        (status = 200, description = "The payment as it stands", body = PaymentView, headers(("ETag" = String))),
        (status = 304, description = "It is as it is known"),
        (status = 404, description = "No such shop, or the order never asked for a payment", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn read_payment(
    State(api): State<PaymentApi>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let shop = api.shop(shop)?;
    let row = api.payment(&shop, &order).await?;
    if own_only(&actor).is_some_and(|own| row.customer.as_deref() != Some(own)) {
        return Err(no_such_payment());
    }
    let tag = EntityTag::of_version(row.version);
    if known.knows(tag) {
        return Ok(tag.on(StatusCode::NOT_MODIFIED));
    }
    Ok(shown(StatusCode::OK, row.version, row.body))
}
