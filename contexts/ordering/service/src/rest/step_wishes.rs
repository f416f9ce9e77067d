use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::body::StrictJson;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument};
use kernel::{Causation, OrderId};
use ordering_contract::{OrderView, WishedStep};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::command::{OrderingCommand, WishStep};
use crate::rest::post::actor_of;
use crate::rest::{OrderingApi, answers, call_problem};

/// What is wished.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStepWish {
    /// The step.
    step: WishedStep,
}

/// Wishes a step of an order while whoever decides it - kitchen, delivery or payment - cannot be asked.
///
/// The wish stands until they decide it: they hear of it when they are back, in the order in which it
/// was wished, and decide as if they were asked then. A step that the state forbids by then falls. To
/// wish what is wished or done already changes nothing.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/orders/{order}/step-wishes",
    tag = "orders",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who wishes, under open identity: customer:1, staff:kim, courier:lee"),
    ),
    request_body = NewStepWish,
    responses(
        (status = 202, description = "The wish stands; the order as it is", body = OrderView, headers(("ETag"))),
        (status = 400, description = "A field is wrong, or the order is brought nowhere", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "The step is not theirs to wish", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such order for whoever asks", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The order's state forbids it", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store does not answer", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn wish_step(
    State(api): State<Arc<OrderingApi>>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
    StrictJson(wish): StrictJson<NewStepWish>,
) -> Result<Response, Problem> {
    let row = api.visible_row(&shop, &order, &actor).await?;
    let command = OrderingCommand::WishStep(WishStep { order: OrderId(row.id), step: wish.step });
    let causation = Causation::command(api.ids.next_id(api.clock.now()));
    api.handle.call(command, actor_of(&actor), causation).await.map_err(call_problem)?;
    let row = api.visible_row(&shop, &order, &actor).await?;
    Ok(answers::order_answer(StatusCode::ACCEPTED, &shop, &order, row.version, row.body))
}
