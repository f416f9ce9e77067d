use axum::extract::State;
use axum::response::Response;
use edge::actor::{ActorHeader, ActorRole};
use edge::body::StrictJson;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use kernel::OrderId;
use payment_contract::PaymentView;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answers::answered;
use super::api::PaymentApi;
use crate::command::{Command, SettleWish};

/// Longest account of how it was given back, in characters.
const HOW_CHARS_MAX: usize = 200;

/// How the shop gave it back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ByHand {
    /// In words: a receipt's number, a transfer.
    #[schema(min_length = 1, max_length = 200, example = "in cash, receipt 17")]
    how: String,
}

/// The shop gave back itself what the provider would not.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/orders/{order}/payment/refunds/{step}/settle",
    operation_id = "settle_refund",
    tag = "payments",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("step" = u32, Path, description = "The refund's number"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity: a manager or an operator"),
    ),
    request_body = ByHand,
    responses(
        (status = 200, description = "It counts as given back; the payment as it stands", body = PaymentView, headers(("ETag" = String))),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Only managers and operators settle refunds by hand", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop or payment", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "There is no such refund, or the provider may still give it", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn settle_refund(
    State(api): State<PaymentApi>,
    StrictPath((shop, order, step)): StrictPath<(String, String, u32)>,
    actor: ActorHeader,
    StrictJson(ByHand { how }): StrictJson<ByHand>,
) -> Result<Response, Problem> {
    if !matches!(actor.role(), ActorRole::Manager | ActorRole::Operator) {
        return Err(
            Problem::of(ProblemKind::Forbidden).detail("only managers and operators settle refunds by hand")
        );
    }
    if how.trim().is_empty() || how.chars().count() > HOW_CHARS_MAX {
        let expected = format!("a text of 1 to {HOW_CHARS_MAX} characters");
        return Err(Problem::of(ProblemKind::InvalidField).field("how", expected));
    }
    let shop = api.shop(shop)?;
    let order = OrderId(api.payment(&shop, &order).await?.id);
    answered(api.call(&actor, Command::SettleRefund(SettleWish { order, shop, step, how })).await?)
}
