//! The canonical API of ordering: quote, place, read, list, cancel, readdress, wish a step.

mod address;
mod answers;
mod cancel;
mod get;
mod list;
mod post;
mod quote;
mod step_wishes;

use std::sync::Arc;

use axum::body::Bytes;
use edge::actor::ActorHeader;
use edge::idempotency::Fingerprints;
use edge::problem::{Problem, ProblemKind};
use edge::shown::Shown;
use journal::{Row, StoreError};
use kernel::{Clock, IdSource};
use runtime::{CallError, Handle, Kept, Readers};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::OrderingService;
use crate::command::OrderingRefusal;
use crate::effects::PaymentGate;
use crate::paces::SharedPaces;
use crate::service::SharedShops;
use crate::views::ORDERS;

/// What the routes need.
pub struct OrderingApi {
    /// The writer.
    pub handle: Handle<OrderingService>,
    /// The store, for reads.
    pub readers: Readers,
    /// The shops ordering has heard of.
    pub shops: SharedShops,
    /// The paces ordering has measured.
    pub paces: SharedPaces,
    /// What stands before orders that need money.
    pub gate: PaymentGate,
    /// How keys and bodies are hashed.
    pub fingerprints: Arc<Fingerprints>,
    /// Where ids come from.
    pub ids: Arc<dyn IdSource>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Answers that need not be made again.
    pub kept: KeptAnswers,
}

/// What was read lately, as it was sent.
#[derive(Clone)]
pub struct KeptAnswers {
    orders: Kept<Uuid, Shown>,
    pages: Kept<String, Bytes>,
}

/// Answers about orders are kept up to so many bytes, and pages of them.
const KEPT_BYTES_MAX: usize = 2 << 20;

impl KeptAnswers {
    /// Kept until this writer changes what they tell.
    #[must_use]
    pub fn beside(handle: &Handle<OrderingService>) -> Self {
        Self {
            orders: Kept::of_rows(handle.waiters(), KEPT_BYTES_MAX),
            pages: Kept::of_pages(handle.waiters(), KEPT_BYTES_MAX),
        }
    }
}

/// The routes, with their documentation; they want an [`OrderingApi`] as state, which every request shares.
pub fn routes() -> OpenApiRouter<Arc<OrderingApi>> {
    OpenApiRouter::new()
        .routes(routes!(post::place_order, list::list_orders))
        .routes(routes!(quote::quote_order))
        .routes(routes!(get::read_order))
        .routes(routes!(cancel::cancel_order))
        .routes(routes!(address::change_address))
        .routes(routes!(step_wishes::wish_step))
}

impl OrderingApi {
    /// The row of an order that whoever asks may see: by id, or by its number in the shop.
    async fn visible_row(&self, shop: &str, order: &str, actor: &ActorHeader) -> Result<Row, Problem> {
        let (shop, order) = (shop.to_owned(), order.to_owned());
        let found = self
            .readers
            .read(move |store| match (Uuid::try_parse(&order), order.parse::<u64>()) {
                (Ok(id), _) => Ok(store.row(ORDERS, id)?.filter(|row| row.shop.as_str() == shop)),
                (_, Ok(number)) => store.row_by_number(ORDERS, &shop, number),
                _ => Ok(None),
            })
            .await
            .map_err(store_problem)?;
        found
            .filter(|row| !row.hidden && actor.may_see(row.customer.as_deref()))
            .ok_or_else(|| Problem::of(ProblemKind::NotFound).detail("there is no such order"))
    }
}

fn store_problem(error: StoreError) -> Problem {
    tracing::error!(%error, "ordering's store could not be read");
    Problem::of(ProblemKind::StoreUnavailable)
}

fn call_problem(error: CallError<OrderingRefusal>) -> Problem {
    match error {
        CallError::Refused(refusal) => answers::refusal_problem(refusal),
        CallError::Overloaded => Problem::of(ProblemKind::Overloaded),
        CallError::Stopped => Problem::of(ProblemKind::ShuttingDown),
        CallError::Broken(StoreError::Unavailable(cause)) if cause.starts_with("the command failed") => {
            tracing::error!(cause, "a command failed");
            Problem::of(ProblemKind::Internal)
        }
        CallError::Broken(error) => {
            tracing::error!(%error, "a command was not committed");
            Problem::of(ProblemKind::StoreUnavailable)
        }
    }
}

/// What strangers send here: the bodies and queries of the routes.
#[must_use]
pub fn forms() -> Vec<edge::form::Form> {
    vec![
        edge::form::body::<crate::NewOrder>(),
        edge::form::body::<address::AddressWish>(),
        edge::form::body::<cancel::CancelWish>(),
        edge::form::body::<quote::QuoteWish>(),
        edge::form::body::<step_wishes::NewStepWish>(),
        edge::form::query::<list::Filter>(),
    ]
}
