use axum::extract::State;
use axum::response::Response;
use delivery_contract::DeliveryView;
use edge::problem::{Problem, ProblemDocument};

use super::api::DeliveryApi;
use super::nothing::Nothing;
use super::step::{StepRequest, take};
use crate::command::Step;

const ROUTE: &str = "POST /v1/shops/{shop}/deliveries/{order}/complete";

/// The customer has it.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/deliveries/{order}/complete",
    operation_id = "complete_delivery",
    tag = "deliveries",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the delivery as it was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity"),
    ),
    responses(
        (status = 200, description = "The delivery as it stands now", body = DeliveryView, headers(("ETag" = String))),
        (status = 400, description = "A header or the body is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop or delivery", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The delivery's state forbids it, or it is too late", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "The delivery has changed since it was read", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another request", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn complete_delivery(
    State(api): State<DeliveryApi>,
    request: StepRequest,
    Nothing: Nothing,
) -> Result<Response, Problem> {
    take(&api, request, ROUTE, Step::Complete, b"").await
}
