use axum::extract::State;
use axum::response::Response;
use edge::actor::{ActorHeader, ActorRole};
use edge::body::StrictJsonWithBytes;
use edge::idempotency::IdempotencyKey;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use journal::Row;
use kernel::OrderId;
use payment_contract::PaymentView;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answers::answered;
use super::api::PaymentApi;
use super::problems::no_such_payment;
use crate::command::{ApprovalWish, Command};

const APPROVE: &str = "POST /v1/shops/{shop}/orders/{order}/payment/approve";
const CANCEL: &str = "POST /v1/shops/{shop}/orders/{order}/payment/cancel";
const METHOD_CHARS_MAX: usize = 64;

/// How the customer pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    /// The provider's token; the shop's own where none is named. Never a card number.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64, example = "tok_approve")]
    method: Option<String>,
}

/// Nothing needs to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoApproval {}

/// The customer approves the payment of an order that waits for it.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/orders/{order}/payment/approve",
    operation_id = "approve_payment",
    tag = "payments",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity: the customer who pays"),
    ),
    request_body = Approval,
    responses(
        (status = 200, description = "It was approved already", body = PaymentView, headers(("ETag" = String))),
        (status = 202, description = "The provider is asked, or the deposit has paid; the payment as it stands", body = PaymentView, headers(("ETag" = String))),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Only the customer approves", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop, or no payment was asked for yet", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The payment waits for no approval", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another body", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn approve_payment(
    State(api): State<PaymentApi>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
    key: Option<IdempotencyKey>,
    StrictJsonWithBytes { value: approval, bytes }: StrictJsonWithBytes<Approval>,
) -> Result<Response, Problem> {
    if let Some(method) = &approval.method
        && (method.is_empty() || method.chars().count() > METHOD_CHARS_MAX)
    {
        let expected = format!("a provider's token of 1 to {METHOD_CHARS_MAX} characters");
        return Err(Problem::of(ProblemKind::InvalidField).field("method", expected));
    }
    let method = approval.method;
    wish(&api, shop, &order, &actor, true, method, (APPROVE, key.as_ref(), &bytes)).await
}

/// The customer does not want to pay: the payment is called off, and the order with it.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/orders/{order}/payment/cancel",
    operation_id = "cancel_payment",
    tag = "payments",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity: the customer who pays"),
    ),
    request_body = NoApproval,
    responses(
        (status = 200, description = "It is called off; the payment as it stands", body = PaymentView, headers(("ETag" = String))),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Only the customer calls it off", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop, or no payment was asked for yet", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The payment waits for no approval", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another body", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn cancel_payment(
    State(api): State<PaymentApi>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
    key: Option<IdempotencyKey>,
    StrictJsonWithBytes { value: NoApproval {}, bytes }: StrictJsonWithBytes<NoApproval>,
) -> Result<Response, Problem> {
    wish(&api, shop, &order, &actor, false, None, (CANCEL, key.as_ref(), &bytes)).await
}

async fn wish(
    api: &PaymentApi,
    shop: String,
    order: &str,
    actor: &ActorHeader,
    approves: bool,
    method: Option<String>,
    (route, key, bytes): (&str, Option<&IdempotencyKey>, &[u8]),
) -> Result<Response, Problem> {
    let shop = api.shop(shop)?;
    let row = api.payment_when_there(&shop, order).await?;
    check_actor(actor, &row)?;
    let sent = [shop.as_str().as_bytes(), row.id.as_bytes(), bytes];
    let key = api.request_key(actor, route, key, &sent);
    let command = Command::Approve(ApprovalWish { order: OrderId(row.id), shop, approves, method, key });
    answered(api.call(actor, command).await?)
}

/// Whoever pays approves; where the order names nobody, whoever comes, under open identity.
fn check_actor(actor: &ActorHeader, row: &Row) -> Result<(), Problem> {
    let forbidden =
        || Problem::of(ProblemKind::Forbidden).detail("only the customer approves or calls off a payment");
    match (actor.role(), row.customer.as_deref()) {
        (ActorRole::Customer, Some(customer)) if customer == actor.name() => Ok(()),
        (ActorRole::Customer, customer) if !actor.may_see(customer) => Err(no_such_payment()),
        (ActorRole::Customer | ActorRole::Anonymous, None) | (ActorRole::Operator, _) => Ok(()),
        _ => Err(forbidden()),
    }
}
