use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalog_contract::{PaymentTime, ShopLife, WhenUnavailable};
use edge::actor::{ActorHeader, ActorRole};
use edge::body::StrictJsonWithBytes;
use edge::idempotency::IdempotencyKey;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use journal::Row;
use kernel::{Actor, Causation, OrderId, ShopKey};
use ordering_contract::{ClientKey, OrderEvent, OrderView};
use runtime::{News, Watch};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

use crate::client_key::client_key;
use crate::command::{NewOrder, OrderingCommand, OrderingReply, PlaceOrder, PlaceReply};
use crate::effects::Waiting;
use crate::follow::refusal_problem;
use crate::rest::{OrderingApi, answers, call_problem, store_problem};
use crate::use_cases::replay_body;
use crate::views::ORDERS;

/// Beyond the shop's own bound, before the answer is "not known yet".
const PATIENCE_MILLIS: u64 = 200;

/// Places an order.
///
/// The answer comes when it is decided: paid and confirmed in a shop that takes money at order,
/// placed otherwise. The same key and body answer the same again; keys are kept for 48 hours.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/orders",
    tag = "orders",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters, of the client's choosing: repeated with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who orders, under open identity: customer:1, staff:kim"),
    ),
    request_body = NewOrder,
    responses(
        (status = 201, description = "It stands", body = OrderView, headers(("Location"), ("ETag"))),
        (status = 400, description = "A field is wrong; nothing is kept", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 402, description = "The payment was declined; nothing stands", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The shop is closed or busy, sold out, out of stock, another price, or the first request is still running", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "An unknown item, or a key that came with another body", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Payment, stock or the store does not answer: ask again with the same key", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn place_order(
    State(api): State<Arc<OrderingApi>>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    key: Option<IdempotencyKey>,
    body: StrictJsonWithBytes<NewOrder>,
) -> Result<Response, Problem> {
    let key = key.ok_or_else(|| Problem::of(ProblemKind::MissingIdempotencyKey))?;
    expect_own(&actor, body.value.customer.as_deref())?;
    let actor = actor_of(&actor);
    let shop = ShopKey::from(shop);
    let life = api.shops.now().current(&shop).map(|(_, life)| life.clone());
    let life = life.ok_or_else(|| {
        Problem::of(ProblemKind::ShopUnknown).detail(format!("there is no shop {shop} here"))
    })?;
    let key = client_key(&api.fingerprints, &actor, &shop, &key, &body.bytes);
    // The client may hang up; the order goes on, and its outcome is told to the breaker.
    let placing = tokio::spawn(place(api, life, shop, actor, key, body.value));
    placing.await.unwrap_or_else(|_| Err(Problem::of(ProblemKind::Internal)))
}

/// A customer who has shown who they are orders for nobody else.
fn expect_own(actor: &ActorHeader, named: Option<&str>) -> Result<(), Problem> {
    let is_customer = actor.is_verified() && actor.role() == ActorRole::Customer;
    if is_customer && named.is_some_and(|named| named != actor.name()) {
        return Err(Problem::of(ProblemKind::Forbidden)
            .detail("customers order for themselves")
            .field("customer", "your own name, or absent"));
    }
    Ok(())
}

pub(super) fn actor_of(header: &ActorHeader) -> Actor {
    Actor::parse(header.as_str()).unwrap_or_else(|_| Actor::anonymous())
}

async fn place(
    api: Arc<OrderingApi>,
    life: Arc<ShopLife>,
    shop: ShopKey,
    actor: Actor,
    key: ClientKey,
    wish: NewOrder,
) -> Result<Response, Problem> {
    let order = OrderId(api.ids.next_id(api.clock.now()));
    let waits_for_money = life.payment.when == PaymentTime::AtOrder;
    let place = waits_for_money.then(|| api.gate.enter(&life)).transpose();
    let place = match place {
        Ok(place) => place,
        // A shop that defers takes the order all the same.
        Err(_) if life.payment.unavailable == WhenUnavailable::Defer => None,
        // A key that was answered is answered again, whatever payment does now.
        Err(shut) => {
            return match answered(&api, &key, &shop).await? {
                Some(answer) => Ok(answer),
                None => Err(unavailable(shut.retry_after_millis)),
            };
        }
    };
    let mut watch = api.handle.waiters().watch_for(order.0, decides);
    let command =
        OrderingCommand::Place(Box::new(PlaceOrder { order, shop: shop.clone(), wish, key: Some(key) }));
    let sent = api.handle.send_watched(&watch, is_followed, command, actor, Causation::command(order.0));
    let patience = u64::try_from(life.payment.timeout_millis).unwrap_or(0) + PATIENCE_MILLIS;
    let until = Instant::now() + Duration::from_millis(patience);
    let reply = match sent {
        Ok(sent) => {
            let _in_time = timeout_at(until, watch.stirs()).await;
            sent.answer().await
        }
        Err(not_sent) => Err(not_sent),
    };
    match reply {
        Ok(OrderingReply::Placed(PlaceReply::Waits { order })) => {
            let outcome = timeout_at(until, next_outcome(&mut watch)).await;
            tell_outcome(&api, &life, &shop, &key, order, outcome, place).await
        }
        Ok(OrderingReply::Placed(PlaceReply::Decided { order, .. })) => match next_row(&mut watch).await {
            Some(row) => Ok(created(&shop, order, &row)),
            None => Err(Problem::of(ProblemKind::ShuttingDown)),
        },
        Ok(OrderingReply::Placed(PlaceReply::Again { order, outcome })) => {
            release(place);
            again(&api, &shop, order, outcome).await
        }
        Ok(_) => Err(Problem::of(ProblemKind::Internal)),
        Err(error) => {
            release(place);
            Err(call_problem(error))
        }
    }
}

/// Answers that the order's news follow.
fn is_followed(reply: &OrderingReply) -> bool {
    matches!(reply, OrderingReply::Placed(PlaceReply::Waits { .. } | PlaceReply::Decided { .. }))
}

/// The news that an answer waits for.
fn decides(news: &News) -> bool {
    match news {
        News::Event(event) => Decision::told_by(event.name()).is_some(),
        News::Row(row) => row.collection == ORDERS,
    }
}

/// What an event that decides says by its name.
enum Decision {
    Stands,
    Cancelled,
    Abandoned,
    Refused,
}

impl Decision {
    fn told_by(event: &str) -> Option<Self> {
        match event {
            "order-confirmed" | "order-scheduled" => Some(Self::Stands),
            "order-cancelled" => Some(Self::Cancelled),
            "order-payment-abandoned" => Some(Self::Abandoned),
            "order-refused" => Some(Self::Refused),
            _ => None,
        }
    }
}

fn release(place: Option<Waiting>) {
    if let Some(place) = place {
        place.not_asked();
    }
}

async fn answered(api: &OrderingApi, key: &ClientKey, shop: &ShopKey) -> Result<Option<Response>, Problem> {
    let scope = key.scope;
    let known = api.readers.read(move |store| store.idempotency(&scope)).await.map_err(store_problem)?;
    match known.and_then(|record| Some((record.order, record.body_hash, record.outcome?))) {
        Some((order, body, outcome)) if body == key.body => again(api, shop, order, outcome).await.map(Some),
        _ => Ok(None),
    }
}

async fn again(
    api: &OrderingApi,
    shop: &ShopKey,
    order: OrderId,
    outcome: journal::IdempotencyOutcome,
) -> Result<Response, Problem> {
    if outcome.status != StatusCode::CREATED.as_u16() {
        return Ok(answers::stored_problem(outcome.status, outcome.body));
    }
    let version = outcome.version;
    let body =
        api.readers.read(move |store| replay_body(store, order, version)).await.map_err(store_problem)?;
    Ok(answers::order_answer(StatusCode::CREATED, shop.as_str(), &order.to_string(), version, body))
}

/// What the order's events have said, within the time that the shop lets payment take.
async fn tell_outcome(
    api: &OrderingApi,
    life: &ShopLife,
    shop: &ShopKey,
    key: &ClientKey,
    order: OrderId,
    outcome: Result<Option<Outcome>, Elapsed>,
    place: Option<Waiting>,
) -> Result<Response, Problem> {
    if life.payment.unavailable == WhenUnavailable::Defer && !matches!(outcome, Ok(None)) {
        if let (Ok(_), Some(place)) = (&outcome, place) {
            place.answered();
        }
        return deferred(api, key, shop).await;
    }
    match outcome {
        Ok(Some(Outcome::Stands(row))) => {
            if let Some(place) = place {
                place.answered();
            }
            Ok(created(shop, order, &row))
        }
        Ok(Some(Outcome::Refused(problem))) => {
            if let Some(place) = place {
                place.answered();
            }
            Ok(problem.into_response())
        }
        Ok(Some(Outcome::Kept)) => {
            if let Some(place) = place {
                place.answered();
            }
            deferred(api, key, shop).await
        }
        Ok(Some(Outcome::Abandoned)) => Err(unavailable(life.payment.breaker.open_millis)),
        Ok(None) => Err(Problem::of(ProblemKind::ShuttingDown)),
        Err(_) => Err(Problem::of(ProblemKind::PaymentOutcomeUnknown)),
    }
}

/// A shop that takes the order all the same: the order's event or its timer has kept the answer,
/// whichever was first, and payment is asked again.
async fn deferred(api: &OrderingApi, key: &ClientKey, shop: &ShopKey) -> Result<Response, Problem> {
    answered(api, key, shop).await?.ok_or_else(|| Problem::of(ProblemKind::PaymentOutcomeUnknown))
}

enum Outcome {
    Stands(Arc<Row>),
    /// Cancelled already: what it was answered before that, if anything, is kept with its key.
    Kept,
    Refused(Problem),
    Abandoned,
}

async fn next_outcome(watch: &mut Watch) -> Option<Outcome> {
    loop {
        let News::Event(event) = watch.next().await? else { continue };
        // Only of a refusal more counts than its name.
        match Decision::told_by(event.name()) {
            Some(Decision::Stands) => return next_row(watch).await.map(Outcome::Stands),
            Some(Decision::Cancelled) => return Some(Outcome::Kept),
            Some(Decision::Abandoned) => return Some(Outcome::Abandoned),
            Some(Decision::Refused) => {
                let reason = match event.decode() {
                    Ok(OrderEvent::Refused(refused)) => refusal_problem(&refused),
                    _ => None,
                };
                let unavailable = || Problem::of(ProblemKind::PaymentUnavailable);
                return Some(Outcome::Refused(reason.unwrap_or_else(unavailable)));
            }
            None => {}
        }
    }
}

async fn next_row(watch: &mut Watch) -> Option<Arc<Row>> {
    loop {
        if let News::Row(row) = watch.next().await?
            && row.collection == ORDERS
        {
            return Some(row);
        }
    }
}

fn created(shop: &ShopKey, order: OrderId, row: &Row) -> Response {
    let body = row.body.clone();
    answers::order_answer(StatusCode::CREATED, shop.as_str(), &order.to_string(), row.version, body)
}

fn unavailable(retry_after_millis: i64) -> Problem {
    let seconds = u32::try_from((retry_after_millis + 999) / 1_000).unwrap_or(1).max(1);
    Problem::of(ProblemKind::PaymentUnavailable).retry_after_seconds(seconds)
}
