use axum::extract::State;
use axum::response::Response;
use delivery_contract::DeliveryView;
use edge::body::StrictJsonWithBytes;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use serde::Deserialize;
use utoipa::ToSchema;

use super::api::DeliveryApi;
use super::step::{StepRequest, take};
use crate::command::Step;

const ROUTE: &str = "POST /v1/shops/{shop}/deliveries/{order}/fail";

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 200;

/// Why an attempt failed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeliveryFailure {
    /// Why, for the customer to read.
    #[schema(min_length = 1, max_length = 200, example = "nobody at home")]
    reason: String,
}

/// It did not get there: it is tried again later, as often as the shop says, and comes back then.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/deliveries/{order}/fail",
    operation_id = "fail_delivery",
    tag = "deliveries",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the delivery as it was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity"),
    ),
    request_body = DeliveryFailure,
    responses(
        (status = 200, description = "The delivery as it stands now", body = DeliveryView, headers(("ETag" = String))),
        (status = 400, description = "A header or the body is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop or delivery", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The delivery's state forbids it, or it is too late", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "The delivery has changed since it was read", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another request", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn fail_delivery(
    State(api): State<DeliveryApi>,
    request: StepRequest,
    StrictJsonWithBytes { value: failure, bytes }: StrictJsonWithBytes<DeliveryFailure>,
) -> Result<Response, Problem> {
    let reason = failure.reason;
    if reason.trim().is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        return Err(Problem::of(ProblemKind::InvalidField)
            .field("reason", format!("a text of 1 to {REASON_CHARS_MAX} characters")));
    }
    take(&api, request, ROUTE, Step::Fail { reason }, &bytes).await
}
