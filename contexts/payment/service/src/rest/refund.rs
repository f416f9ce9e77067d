use axum::extract::State;
use axum::response::Response;
use edge::actor::{ActorHeader, ActorRole};
use edge::body::StrictJsonWithBytes;
use edge::etag::IfMatch;
use edge::idempotency::IdempotencyKey;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use kernel::{Money, OrderId};
use payment_contract::PaymentView;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answers::answered;
use super::api::PaymentApi;
use crate::command::{Command, RefundWish};

const ROUTE: &str = "POST /v1/shops/{shop}/orders/{order}/payment/refunds";

/// Longest reason, in characters.
const REASON_CHARS_MAX: usize = 200;

/// Money to give back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefundRequest {
    /// How much; all that is left where not said.
    #[serde(default)]
    amount: Option<Money>,
    /// Why.
    #[schema(min_length = 1, max_length = 200, example = "cold coffee")]
    reason: String,
}

/// A part of a payment goes back, or all that is left of it.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/orders/{order}/payment/refunds",
    operation_id = "refund_payment",
    tag = "payments",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("If-Match" = Option<String>, Header, description = "The ETag of the payment as it was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity: staff, a manager or an operator"),
    ),
    request_body = RefundRequest,
    responses(
        (status = 200, description = "All of it was on its way back already", body = PaymentView, headers(("ETag" = String))),
        (status = 202, description = "The money is on its way, or waits for a second person (`proposals`); the payment as it stands", body = PaymentView, headers(("ETag" = String))),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Only staff, managers and operators give money back", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop, or the order never asked for a payment", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "Nothing was captured, or less is left", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "The payment has changed since it was read", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another body", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn refund_payment(
    State(api): State<PaymentApi>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
    if_match: IfMatch,
    key: Option<IdempotencyKey>,
    StrictJsonWithBytes { value: request, bytes }: StrictJsonWithBytes<RefundRequest>,
) -> Result<Response, Problem> {
    check_actor(&actor)?;
    check(&request)?;
    let shop = api.shop(shop)?;
    let order = api.payment(&shop, &order).await?.id;
    let sent = [shop.as_str().as_bytes(), order.as_bytes(), &bytes];
    let command = Command::Refund(RefundWish {
        key: api.request_key(&actor, ROUTE, key.as_ref(), &sent),
        order: OrderId(order),
        amount: request.amount,
        reason: request.reason,
        if_match: Some(if_match),
        shop,
    });
    answered(api.call(&actor, command).await?)
}

pub(super) fn check_actor(actor: &ActorHeader) -> Result<(), Problem> {
    match actor.role() {
        ActorRole::Staff | ActorRole::Manager | ActorRole::Operator => Ok(()),
        ActorRole::Anonymous | ActorRole::Customer | ActorRole::Courier | ActorRole::Service => {
            Err(Problem::of(ProblemKind::Forbidden)
                .detail("only staff, managers and operators give money back"))
        }
    }
}

fn check(request: &RefundRequest) -> Result<(), Problem> {
    let mut wrong = Vec::new();
    if request.amount.is_some_and(|amount| amount.amount <= 0) {
        wrong.push(("amount.amount", "a whole number from 1".to_owned()));
    }
    if request.reason.trim().is_empty() || request.reason.chars().count() > REASON_CHARS_MAX {
        wrong.push(("reason", format!("a text of 1 to {REASON_CHARS_MAX} characters")));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let problem = Problem::of(ProblemKind::InvalidField);
    Err(wrong.into_iter().fold(problem, |problem, (field, expected)| problem.field(field, expected)))
}
