use axum::extract::State;
use axum::response::Response;
use edge::body::StrictJsonWithBytes;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use kitchen_contract::TicketView;
use serde::Deserialize;
use utoipa::ToSchema;

use super::api::KitchenApi;
use super::step::{StepRequest, take};
use crate::command::Step;

const ROUTE: &str = "POST /v1/shops/{shop}/tickets/{order}/reject";

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 200;

/// Why an order is not taken on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TicketRejectionReason {
    /// Why, for the customer to read.
    #[schema(min_length = 1, max_length = 200, example = "no milk left")]
    reason: String,
}

/// The shop does not take the order on: it is cancelled, and money and stock go back.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/tickets/{order}/reject",
    operation_id = "reject_ticket",
    tag = "tickets",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the ticket as it was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity"),
    ),
    request_body = TicketRejectionReason,
    responses(
        (status = 200, description = "The ticket as it stands now", body = TicketView, headers(("ETag" = String))),
        (status = 400, description = "A header or the body is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop or ticket", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The ticket's state forbids it, or it is too late", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "The ticket has changed since it was read", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another request", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn reject_ticket(
    State(api): State<KitchenApi>,
    request: StepRequest,
    StrictJsonWithBytes { value: rejection, bytes }: StrictJsonWithBytes<TicketRejectionReason>,
) -> Result<Response, Problem> {
    let reason = rejection.reason;
    if reason.trim().is_empty() || reason.chars().count() > REASON_CHARS_MAX {
        return Err(Problem::of(ProblemKind::InvalidField)
            .field("reason", format!("a text of 1 to {REASON_CHARS_MAX} characters")));
    }
    take(&api, request, ROUTE, Step::Reject { reason }, &bytes).await
}
