//! Stories over HTTP: one, many, and live.

mod list;
mod rebuild;
mod story;
mod stream;

use edge::problem::{Problem, ProblemKind, echo};
use journal::{Row, RowQuery, StoreError};
use kernel::{Actor, ActorKind};
use runtime::{Handle, Readers};
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::TrackingService;
use crate::service::SHOP_EVENTS;
use crate::views::Generation;

pub use rebuild::internal_routes;

/// What the routes need.
#[derive(Clone)]
pub struct TrackingApi {
    /// The writer.
    pub handle: Handle<TrackingService>,
    /// The store, for reads.
    pub readers: Readers,
    /// Ends live streams.
    pub shutdown: CancellationToken,
}

/// The routes, with their documentation; they want a [`TrackingApi`] as state.
pub fn routes() -> OpenApiRouter<TrackingApi> {
    OpenApiRouter::new()
        .routes(routes!(list::list_stories))
        .routes(routes!(story::read_story))
        .routes(routes!(stream::follow_order))
        .routes(routes!(stream::follow_shop))
}

fn store_problem(error: StoreError) -> Problem {
    tracing::error!(%error, "tracking's store could not be read");
    Problem::of(ProblemKind::StoreUnavailable)
}

fn actor_of(header: &edge::actor::ActorHeader) -> Actor {
    Actor::parse(header.as_str()).unwrap_or_else(|_| Actor::anonymous())
}

/// Customers see their own stories; under open identity, whoever knows an id sees it.
fn may_see(actor: &Actor, customer: Option<&str>) -> bool {
    match actor.kind() {
        ActorKind::Customer => customer.is_none_or(|customer| actor.id() == Some(customer)),
        _ => true,
    }
}

impl TrackingApi {
    /// Refuses a shop that the catalog has not told of.
    async fn expect_shop(&self, shop: &str) -> Result<(), Problem> {
        let query = RowQuery {
            collection: SHOP_EVENTS.into(),
            shop: Some(shop.to_owned()),
            hidden: true,
            limit: 1,
            ..RowQuery::default()
        };
        let told = self.readers.read(move |store| store.rows(&query)).await.map_err(store_problem)?;
        if told.is_empty() {
            let detail = format!("there is no shop {} here", echo(shop));
            return Err(Problem::of(ProblemKind::ShopUnknown).detail(detail));
        }
        Ok(())
    }

    /// The row of a story that whoever asks may see: by the order's id, or its number in the shop.
    async fn visible_row(&self, shop: &str, order: &str, actor: &Actor) -> Result<Row, Problem> {
        let (shop, order) = (shop.to_owned(), order.to_owned());
        let found = self
            .readers
            .read(move |store| {
                Generation::while_live(store, |store, generation| {
                    let stories = generation.stories();
                    match (Uuid::try_parse(&order), order.parse::<u64>()) {
                        (Ok(id), _) => Ok(store.row(&stories, id)?.filter(|row| row.shop.as_str() == shop)),
                        (_, Ok(number)) => store.row_by_number(&stories, &shop, number),
                        _ => Ok(None),
                    }
                })
            })
            .await
            .map_err(store_problem)?;
        found
            .filter(|row| !row.hidden && may_see(actor, row.customer.as_deref()))
            .ok_or_else(|| Problem::of(ProblemKind::NotFound).detail("there is no such order"))
    }
}
