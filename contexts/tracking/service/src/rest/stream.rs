use std::collections::VecDeque;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use edge::actor::ActorHeader;
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument};
use edge::sse::{EventId, LastEventId, SseItem, sse};
use futures::stream;
use journal::StoreError;
use kernel::{Actor, OrderId};
use tokio::sync::watch;
use tracking_contract::StoryChange;

use crate::rest::{TrackingApi, actor_of, store_problem};
use crate::views::{Generation, changes_of, shop_stream_id};

/// Lines of changes read at once.
const READ_MAX: usize = 64;
/// A client that is further behind is told to begin anew.
const BEHIND_MAX: u64 = 10_000;

/// Follows one order live: a server-sent event per change, resumable with `Last-Event-ID`.
///
/// Changes that come together may be told as one, by where they led; the timeline has every step and its time.
///
/// A client that cannot be resumed gets an event `reset`: it reads the story and goes on from there.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/orders/{order}/stream",
    tag = "stories",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was seen"),
    ),
    responses(
        (status = 200, description = "The changes as they happen", body = StoryChange, content_type = "text/event-stream"),
        (status = 404, description = "There is no such order for whoever asks", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn follow_order(
    State(api): State<TrackingApi>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
    last: LastEventId,
) -> Result<Response, Problem> {
    let row = api.visible_row(&shop, &order, &actor).await?;
    follow(api, shop, Some(OrderId(row.id)), last).await
}

/// Follows every order of a shop live. A customer follows single orders.
///
/// Changes of an order that come together may be told as one, by where they led.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/stream",
    tag = "stories",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was seen"),
    ),
    responses(
        (status = 200, description = "The changes as they happen", body = StoryChange, content_type = "text/event-stream"),
        (status = 403, description = "A customer follows single orders", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn follow_shop(
    State(api): State<TrackingApi>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    last: LastEventId,
) -> Result<Response, Problem> {
    refuse_customers(&actor_of(&actor))?;
    api.expect_shop(&shop).await?;
    follow(api, shop, None, last).await
}

fn refuse_customers(actor: &Actor) -> Result<(), Problem> {
    match actor.kind() {
        kernel::ActorKind::Customer => Err(Problem::of(edge::problem::ProblemKind::Forbidden)
            .detail("a customer follows single orders; the shop's stream is for those who work there")),
        _ => Ok(()),
    }
}

struct Following {
    api: TrackingApi,
    shop: String,
    order: Option<OrderId>,
    generation: Generation,
    position: u64,
    commits: watch::Receiver<u64>,
    ready: VecDeque<SseItem>,
}

async fn follow(
    api: TrackingApi,
    shop: String,
    order: Option<OrderId>,
    last: LastEventId,
) -> Result<Response, Problem> {
    let commits = api.handle.waiters().commits();
    let (generation, head) = head(&api, &shop).await.map_err(store_problem)?;
    let (resumed, unknown) = last.resume(generation.0);
    let behind =
        resumed.is_some_and(|position| head.saturating_sub(position) > BEHIND_MAX || position > head);
    let mut ready = VecDeque::new();
    if unknown || behind {
        ready.push_back(SseItem::reset());
    }
    let position = resumed.filter(|_| !behind).unwrap_or(head);
    let shutdown = api.shutdown.clone();
    let following = Following { api, shop, order, generation, position, commits, ready };
    let events = stream::unfold(following, |mut following| async move {
        let item = following.next().await?;
        Some((item, following))
    });
    Ok(sse(events, shutdown).into_response())
}

async fn head(api: &TrackingApi, shop: &str) -> Result<(Generation, u64), StoreError> {
    let shop = kernel::ShopKey::from(shop);
    api.readers
        .read(move |store| {
            let generation = Generation::live(store)?;
            Ok((generation, store.counter(&generation.counter(&shop))?))
        })
        .await
}

impl Following {
    async fn next(&mut self) -> Option<SseItem> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(item);
            }
            self.commits.borrow_and_update();
            if self.read().await.is_err() {
                return None;
            }
            if self.ready.is_empty() && self.commits.changed().await.is_err() {
                return None;
            }
        }
    }

    async fn read(&mut self) -> Result<(), StoreError> {
        let (generation, position) = (self.generation, self.position);
        let id = shop_stream_id(&self.shop);
        let (live, entries) = self
            .api
            .readers
            .read(move |store| {
                let live = Generation::live(store)?;
                Ok((live, store.entries(&generation.changes(), id, position, READ_MAX)?))
            })
            .await?;
        if live != self.generation {
            // The view was rebuilt: positions of the old generation mean nothing in the new one.
            let (generation, head) = head(&self.api, &self.shop).await?;
            (self.generation, self.position) = (generation, head);
            self.ready.push_back(SseItem::reset());
            return Ok(());
        }
        for entry in entries {
            for (place, change) in changes_of(&entry)?.into_iter().filter(|(place, _)| *place > position) {
                if self.order.is_none_or(|order| order == change.order) {
                    let id = EventId { generation: self.generation.0, position: place };
                    self.ready.extend(SseItem::json(id, "change", &change).ok());
                }
            }
            self.position = entry.sequence;
        }
        Ok(())
    }
}
