//! Refunds that wait for a second person: confirmed, or taken back.

use axum::extract::State;
use axum::response::Response;
use edge::actor::{ActorHeader, ActorRole};
use edge::body::StrictJson;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument};
use kernel::OrderId;
use payment_contract::PaymentView;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answers::answered;
use super::api::PaymentApi;
use super::refund::check_actor;
use crate::command::{Command, ProposalWish};

/// Nothing needs to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProposalAnswer {}

/// A second person confirms a refund that is more than one person may give alone.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/orders/{order}/payment/refund-proposals/{proposal}/confirm",
    operation_id = "confirm_refund",
    tag = "payments",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("proposal" = u32, Path, description = "The proposal's number"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity: somebody of the shop who did not propose it"),
    ),
    request_body = ProposalAnswer,
    responses(
        (status = 202, description = "The money is on its way; the payment as it stands", body = PaymentView, headers(("ETag" = String))),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Whoever proposed it cannot confirm it, nor can a customer", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop or payment", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "No such proposal waits, or less is left", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn confirm_refund(
    State(api): State<PaymentApi>,
    StrictPath((shop, order, proposal)): StrictPath<(String, String, u32)>,
    actor: ActorHeader,
    StrictJson(ProposalAnswer {}): StrictJson<ProposalAnswer>,
) -> Result<Response, Problem> {
    check_actor(&actor)?;
    let wish = wish(&api, shop, &order, proposal).await?;
    answered(api.call(&actor, Command::ConfirmRefund(wish)).await?)
}

/// A refund that waits for a second person is not wished any longer.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/orders/{order}/payment/refund-proposals/{proposal}/withdraw",
    operation_id = "withdraw_refund",
    tag = "payments",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("proposal" = u32, Path, description = "The proposal's number"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity: whoever proposed it, a manager or an operator"),
    ),
    request_body = ProposalAnswer,
    responses(
        (status = 200, description = "It is withdrawn; the payment as it stands", body = PaymentView, headers(("ETag" = String))),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Somebody else proposed it", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop or payment", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "No such proposal waits", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn withdraw_refund(
    State(api): State<PaymentApi>,
    StrictPath((shop, order, proposal)): StrictPath<(String, String, u32)>,
    actor: ActorHeader,
    StrictJson(ProposalAnswer {}): StrictJson<ProposalAnswer>,
) -> Result<Response, Problem> {
    check_actor(&actor)?;
    let wish = wish(&api, shop, &order, proposal).await?;
    let is_manager = matches!(actor.role(), ActorRole::Manager | ActorRole::Operator);
    answered(api.call(&actor, Command::WithdrawRefund { wish, is_manager }).await?)
}

async fn wish(api: &PaymentApi, shop: String, order: &str, proposal: u32) -> Result<ProposalWish, Problem> {
    let shop = api.shop(shop)?;
    let order = OrderId(api.payment(&shop, order).await?.id);
    Ok(ProposalWish { order, shop, proposal })
}
