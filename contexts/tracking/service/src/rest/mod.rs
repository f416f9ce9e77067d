//! Stories over HTTP: one, many, and live; why an order waits, boards, days, receipts.

mod board;
mod count;
mod days;
mod export;
mod list;
mod parked;
mod rebuild;
mod receipt;
mod story;
mod stream;
mod waiting;
mod why;

use std::sync::Arc;

use catalog_contract::{ShopDirectory, ShopLife};
use edge::actor::{ActorHeader, ActorRole};
use edge::problem::{Problem, ProblemKind, echo};
use edge::shown::Shown;
use journal::{Row, RowQuery, StoreError};
use kernel::{Actor, Clock, ShopKey};
use runtime::{Handle, Kept, Readers};
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::service::SHOP_EVENTS;
use crate::views::Generation;
use crate::{SharedShops, TrackingService};

pub use parked::ParkedAt;
pub use rebuild::internal_routes;
pub use waiting::Waiting;

/// What the routes need.
#[derive(Clone)]
pub struct TrackingApi {
    /// The writer.
    pub handle: Handle<TrackingService>,
    /// The store, for reads.
    pub readers: Readers,
    /// The shops it has heard of ([`TrackingService::shops`]).
    pub shops: SharedShops,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Which roles could not apply an event of an order.
    pub parked: ParkedAt,
    /// Ends live streams.
    pub shutdown: CancellationToken,
    /// Stories as they were told lately.
    pub kept: KeptStories,
    /// Whoever waits for stories to go on.
    pub waiting: Waiting,
}

/// Stories as they were sent: kept until the writer takes them further.
#[derive(Clone)]
pub struct KeptStories(Kept<Uuid, Shown>);

/// They take up to so many bytes.
const KEPT_BYTES_MAX: usize = 4 << 20;

impl KeptStories {
    /// Kept until this writer changes them.
    #[must_use]
    pub fn beside(handle: &Handle<TrackingService>) -> Self {
        Self(Kept::of_rows(handle.waiters(), KEPT_BYTES_MAX))
    }
}

/// The routes, with their documentation; they want a [`TrackingApi`] as state.
pub fn routes() -> OpenApiRouter<TrackingApi> {
    OpenApiRouter::new()
        .routes(routes!(list::list_stories))
        .routes(routes!(count::count_stories))
        .routes(routes!(story::read_story))
        .routes(routes!(why::explain_order))
        .routes(routes!(receipt::read_receipt))
        .routes(routes!(board::read_board))
        .routes(routes!(days::list_days))
        .routes(routes!(days::read_day))
        .routes(routes!(export::export_days))
        .routes(routes!(export::export_orders))
        .routes(routes!(stream::follow_order))
        .routes(routes!(stream::follow_shop))
}

fn no_such_shop(shop: &str) -> Problem {
    Problem::of(ProblemKind::ShopUnknown).detail(format!("there is no shop {} here", echo(shop)))
}

fn store_problem(error: StoreError) -> Problem {
    tracing::error!(%error, "tracking's store could not be read");
    Problem::of(ProblemKind::StoreUnavailable)
}

fn actor_of(header: &edge::actor::ActorHeader) -> Actor {
    Actor::parse(header.as_str()).unwrap_or_else(|_| Actor::anonymous())
}

/// Days and tables of them are for those who answer for the shop.
fn expect_staff(actor: &ActorHeader) -> Result<(), Problem> {
    match actor.role() {
        ActorRole::Staff | ActorRole::Manager | ActorRole::Operator => Ok(()),
        ActorRole::Anonymous | ActorRole::Customer | ActorRole::Courier | ActorRole::Service => {
            Err(Problem::of(ProblemKind::Forbidden)
                .detail("only staff, managers and operators see the shop's days"))
        }
    }
}

/// The board says where customers live: it is for those who work with it.
fn expect_worker(actor: &ActorHeader) -> Result<(), Problem> {
    match actor.role() {
        ActorRole::Staff | ActorRole::Courier | ActorRole::Manager | ActorRole::Operator => Ok(()),
        ActorRole::Anonymous | ActorRole::Customer | ActorRole::Service => {
            Err(Problem::of(ProblemKind::Forbidden).detail("the board is for those who work in the shop"))
        }
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
            return Err(no_such_shop(shop));
        }
        Ok(())
    }

    /// The life that new orders of a shop begin with; refuses a shop that the catalog has not told of.
    fn life<'a>(&self, shops: &'a ShopDirectory, shop: &ShopKey) -> Result<&'a Arc<ShopLife>, Problem> {
        shops.current(shop).map(|(_, life)| life).ok_or_else(|| no_such_shop(shop.as_str()))
    }

    /// The row of a story that whoever asks may see: by the order's id, or its number in the shop.
    async fn visible_row(&self, shop: &str, order: &str, actor: &ActorHeader) -> Result<Row, Problem> {
        self.row(shop, order, actor, false).await
    }

    /// The same; with `hidden`, of an order that never stood or does not stand yet, too.
    async fn row(&self, shop: &str, order: &str, actor: &ActorHeader, hidden: bool) -> Result<Row, Problem> {
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
            .filter(|row| (hidden || !row.hidden) && actor.may_see(row.customer.as_deref()))
            .ok_or_else(|| Problem::of(ProblemKind::NotFound).detail("there is no such order"))
    }
}

/// What strangers send here: the bodies and queries of the routes.
#[must_use]
pub fn forms() -> Vec<edge::form::Form> {
    vec![
        edge::form::query::<count::Which>(),
        edge::form::query::<board::BoardFilter>(),
        edge::form::query::<list::Filter>(),
        edge::form::query::<export::DayRange>(),
        edge::form::query::<days::DaysFilter>(),
    ]
}
