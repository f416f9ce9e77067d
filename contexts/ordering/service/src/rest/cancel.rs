use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::body::StrictJson;
use edge::etag::IfMatch;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use kernel::{Causation, OrderId};
use ordering_contract::{OrderEvent, OrderState, OrderView};
use runtime::{News, Watch};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::command::{CancelOrder, CancelReply, OrderingCommand, OrderingRefusal, OrderingReply};
use crate::rest::post::actor_of;
use crate::rest::{OrderingApi, answers, call_problem};

/// How long the answer waits for the kitchen.
const PATIENCE: Duration = Duration::from_secs(1);
const REASON_CHARACTERS_MAX: usize = 500;

/// Why an order is cancelled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CancelWish {
    /// In the words of whoever cancels, up to 500 characters.
    #[serde(default)]
    reason: Option<String>,
}

/// Cancels an order, or asks the kitchen whether it still can be.
///
/// Cancelling twice is fine. Where the kitchen does not answer within a second the wish stands
/// until it does.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/orders/{order}/cancel",
    tag = "orders",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("If-Match" = Option<String>, Header, description = "Only if the order is still as it was read"),
    ),
    request_body = CancelWish,
    responses(
        (status = 200, description = "It is cancelled", body = OrderView),
        (status = 202, description = "The kitchen is asked; the wish stands until it answers", body = OrderView),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such order for whoever asks", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "It is too late", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "It has changed since it was read", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store does not answer", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn cancel_order(
    State(api): State<Arc<OrderingApi>>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
    if_match: IfMatch,
    StrictJson(wish): StrictJson<CancelWish>,
) -> Result<Response, Problem> {
    if wish.reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_CHARACTERS_MAX) {
        let expected = format!("at most {REASON_CHARACTERS_MAX} characters");
        return Err(Problem::of(ProblemKind::InvalidField).field("reason", expected));
    }
    let row = api.visible_row(&shop, &order, &actor).await?;
    let id = OrderId(row.id);
    if_match.check(edge::etag::EntityTag::of_version(row.version))?;
    let mut watch = api.handle.waiters().watch(id.0);
    let cancel = CancelOrder { order: id, text: wish.reason, if_version: if_match.version() };
    let causation = Causation::command(api.ids.next_id(api.clock.now()));
    let reply = api.handle.call(OrderingCommand::Cancel(cancel), actor_of(&actor), causation).await;
    match reply.map_err(call_problem)? {
        OrderingReply::Cancel(CancelReply::Cancelled) => {}
        _ => match tokio::time::timeout(PATIENCE, decided(&mut watch)).await {
            Ok(Some(true)) => {}
            Ok(Some(false)) => return Err(too_late(&api, &shop, &order, &actor).await),
            Ok(None) => return Err(Problem::of(ProblemKind::ShuttingDown)),
            Err(_) => {
                let row = api.visible_row(&shop, &order, &actor).await?;
                return Ok(answers::order_answer(StatusCode::ACCEPTED, &shop, &order, row.version, row.body));
            }
        },
    }
    let row = api.visible_row(&shop, &order, &actor).await?;
    Ok(answers::order_answer(StatusCode::OK, &shop, &order, row.version, row.body))
}

async fn decided(watch: &mut Watch) -> Option<bool> {
    loop {
        let News::Event(event) = watch.next().await? else { continue };
        match event.decode::<OrderEvent>() {
            Ok(OrderEvent::Cancelled(_)) => return Some(true),
            Ok(OrderEvent::CancelDenied(_) | OrderEvent::Completed(_)) => return Some(false),
            _ => {}
        }
    }
}

async fn too_late(api: &OrderingApi, shop: &str, order: &str, actor: &ActorHeader) -> Problem {
    let row = api.visible_row(shop, order, actor).await;
    let state =
        row.ok().and_then(|row| serde_json::from_slice::<OrderView>(&row.body).ok()).map(|view| view.state);
    answers::refusal_problem(OrderingRefusal::TooLate(state.unwrap_or(OrderState::Started)))
}
