use axum::Json;
use axum::extract::State;
use edge::actor::{ActorHeader, ActorRole};
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use kernel::OrderId;
use tracking_contract::WhyView;
use tracking_domain::{Circumstances, why};

use crate::rest::{TrackingApi, store_problem};
use crate::views::{StoredStep, StoredStory, stored_story};

/// Says why an order is in its state: what it waits for and from whom, since when and for how long at
/// most, what happens by itself, which command would move it; or how it ended.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/orders/{order}/why",
    tag = "stories",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
    ),
    responses(
        (status = 200, description = "Why, in fields and in Korean and English", body = WhyView),
        (status = 404, description = "There is no such order for whoever asks", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn explain_order(
    State(api): State<TrackingApi>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
) -> Result<Json<WhyView>, Problem> {
    // Whoever works there may ask of an order that never stood, too.
    let may_see_hidden = matches!(actor.role(), ActorRole::Staff | ActorRole::Manager | ActorRole::Operator);
    let row = api.row(&shop, &order, &actor, may_see_hidden).await?;
    let StoredStory { story, steps } = stored_story(&row).map_err(store_problem)?;
    let shops = api.shops.now();
    let not_found = || Problem::of(ProblemKind::NotFound).detail("there is no such order");
    let life = story.life().and_then(|hash| shops.pinned(hash).ok()).ok_or_else(not_found)?;
    let circumstances = Circumstances {
        number: row.number,
        ended_by: StoredStep::ended_by(&steps),
        parked_at: api.parked.at(row.id).await,
        now: api.clock.now(),
    };
    why(&story, life, OrderId(row.id), &row.shop, &circumstances).map(Json).ok_or_else(not_found)
}
