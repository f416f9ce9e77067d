use axum::Json;
use axum::extract::State;
use edge::actor::ActorHeader;
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument};
use journal::{Reader, RowQuery, StoreError};
use kernel::{ActorKind, ShopKey};
use ordering_contract::OrderState;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::rest::{TrackingApi, actor_of, store_problem};
use crate::views::{Generation, census_of, story_of};

/// Which stories are counted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only of orders that have come to this state, whatever became of them then.
    reached: Option<OrderState>,
}

/// How many stories there are.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StoryCount {
    /// So many.
    count: u64,
}

/// Counts the stories of a shop, without reading them. For a customer, their own are counted.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/stories/count",
    operation_id = "count_stories",
    tag = "stories",
    params(("shop" = String, Path, description = "The shop's key"), Which),
    responses(
        (status = 200, description = "How many", body = StoryCount),
        (status = 400, description = "A filter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn count_stories(
    State(api): State<TrackingApi>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    StrictQuery(Which { reached }): StrictQuery<Which>,
) -> Result<Json<StoryCount>, Problem> {
    api.expect_shop(&shop).await?;
    let actor = actor_of(&actor);
    let customer = match actor.kind() {
        ActorKind::Customer => actor.id().map(ToOwned::to_owned),
        _ => None,
    };
    let count = api
        .readers
        .read(move |store| {
            Generation::while_live(store, |store, generation| match &customer {
                None => Ok(census_of(store, generation, &ShopKey::from(shop.as_str()))?.count(reached)),
                Some(customer) => own(store, generation, &shop, customer, reached),
            })
        })
        .await
        .map_err(store_problem)?;
    Ok(Json(StoryCount { count }))
}

/// A customer's own are few: they are looked at.
fn own(
    store: &mut dyn Reader,
    generation: Generation,
    shop: &str,
    customer: &str,
    reached: Option<OrderState>,
) -> Result<u64, StoreError> {
    let mut query = RowQuery {
        collection: generation.collection(),
        shop: Some(shop.to_owned()),
        customer: Some(customer.to_owned()),
        limit: 1_000,
        ..RowQuery::default()
    };
    let reached = reached.filter(|state| *state != OrderState::Placed);
    let mut count = 0;
    loop {
        let rows = store.rows(&query)?;
        let Some(last) = rows.last() else { return Ok(count) };
        query.after = Some((last.number, last.id));
        for row in &rows {
            let counts = match reached {
                None => true,
                Some(state) => story_of(row)?.has_reached(state),
            };
            count += u64::from(counts);
        }
    }
}
