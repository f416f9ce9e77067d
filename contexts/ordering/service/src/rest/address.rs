use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::body::StrictJsonWithBytes;
use edge::etag::IfMatch;
use edge::idempotency::IdempotencyKey;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use journal::Row;
use kernel::{Causation, OrderId, Personal, ShopKey};
use ordering_contract::{OrderAddress, OrderEvent, OrderState, OrderView};
use runtime::{News, Watch};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::client_key::address_key;
use crate::command::{AddressReply, ChangeAddress, OrderingCommand, OrderingRefusal, OrderingReply};
use crate::rest::post::actor_of;
use crate::rest::{OrderingApi, answers, call_problem, store_problem};
use crate::use_cases::{check_address_text, replay_body};

/// How long the answer waits for delivery.
const PATIENCE: Duration = Duration::from_secs(1);

/// Where an order is to be brought instead.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddressWish {
    /// Where to bring it, up to 300 characters. Personal.
    address: String,
}

/// Has an order brought elsewhere, until its courier first sets out.
///
/// Where delivery has the order it is asked; if it does not answer within a second the wish stands
/// until it does. The same key and body answer the same again.
#[utoipa::path(
    put,
    path = "/v1/shops/{shop}/orders/{order}/address",
    tag = "orders",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("If-Match" = Option<String>, Header, description = "Only if the order is still as it was read"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity: customers change their own orders"),
    ),
    request_body = AddressWish,
    responses(
        (status = 200, description = "It is brought there", body = OrderView, headers(("ETag"))),
        (status = 202, description = "Delivery is asked; the wish stands until it answers", body = OrderView),
        (status = 400, description = "A field is wrong, or the order is brought nowhere", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such order for whoever asks", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "It is too late, or another change waits for its answer", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 412, description = "It has changed since it was read", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another request", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store does not answer", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn change_address(
    State(api): State<Arc<OrderingApi>>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
    if_match: IfMatch,
    key: Option<IdempotencyKey>,
    body: StrictJsonWithBytes<AddressWish>,
) -> Result<Response, Problem> {
    let mut wrong = Vec::new();
    check_address_text(&mut wrong, &body.value.address);
    if !wrong.is_empty() {
        return Err(answers::refusal_problem(OrderingRefusal::Invalid(wrong)));
    }
    let row = api.visible_row(&shop, &order, &actor).await?;
    let id = OrderId(row.id);
    let key = key.map(|key| {
        address_key(
            &api.fingerprints,
            &actor_of(&actor),
            &ShopKey::from(shop.as_str()),
            id,
            &key,
            &body.bytes,
        )
    });
    let mut watch = api.handle.waiters().watch(id.0);
    let personal = Personal::new(OrderAddress { address: body.value.address });
    let change = ChangeAddress { order: id, personal, if_match, key };
    let causation = Causation::command(api.ids.next_id(api.clock.now()));
    let reply = api.handle.call(OrderingCommand::ChangeAddress(change), actor_of(&actor), causation).await;
    let OrderingReply::Address(reply) = reply.map_err(call_problem)? else {
        return Err(Problem::of(ProblemKind::Internal));
    };
    let version = match reply {
        AddressReply::Changed { version } => version,
        AddressReply::Again { outcome } if outcome.status == StatusCode::OK.as_u16() => outcome.version,
        AddressReply::Again { outcome } => return Ok(answers::stored_problem(outcome.status, outcome.body)),
        AddressReply::Asked { version } => {
            match tokio::time::timeout(PATIENCE, decided(&mut watch, version)).await {
                Ok(Some(Decided::Changed { version })) => version,
                Ok(Some(Decided::TooLate)) => {
                    return Err(too_late(&api.visible_row(&shop, &order, &actor).await?));
                }
                Ok(None) => return Err(Problem::of(ProblemKind::ShuttingDown)),
                Err(_) => {
                    let row = api.visible_row(&shop, &order, &actor).await?;
                    let (status, version) = (StatusCode::ACCEPTED, row.version);
                    return Ok(answers::order_answer(status, &shop, &order, version, row.body));
                }
            }
        }
    };
    let body = api.readers.read(move |store| replay_body(store, id, version)).await.map_err(store_problem)?;
    Ok(answers::order_answer(StatusCode::OK, &shop, &order, version, body))
}

enum Decided {
    Changed { version: u64 },
    TooLate,
}

/// What the order's events behind a version say of the wish.
async fn decided(watch: &mut Watch, behind: u64) -> Option<Decided> {
    loop {
        let News::Event(event) = watch.next().await? else { continue };
        if event.version <= behind {
            continue;
        }
        match event.decode::<OrderEvent>() {
            Ok(OrderEvent::AddressChanged(_)) => return Some(Decided::Changed { version: event.version }),
            Ok(OrderEvent::AddressChangeDenied(_) | OrderEvent::Cancelled(_) | OrderEvent::Completed(_)) => {
                return Some(Decided::TooLate);
            }
            _ => {}
        }
    }
}

fn too_late(row: &Row) -> Problem {
    let state = serde_json::from_slice::<OrderView>(&row.body).map(|view| view.state);
    answers::refusal_problem(OrderingRefusal::TooLateToReaddress(
        state.unwrap_or(OrderState::DeliveryStarted),
    ))
}
