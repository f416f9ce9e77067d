use axum::Json;
use axum::extract::State;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::etag::{EntityTag, IfNoneMatch};
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use journal::{Row, StoreError};
use kernel::OrderId;
use tracking_contract::StoryPage;

use crate::rest::{TrackingApi, store_problem};
use crate::views::{StoredStory, stored_story, timeline};

/// Tells the story of an order: where it stands, and every step with its time, actor and cause.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/orders/{order}/story",
    tag = "stories",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
    ),
    responses(
        (status = 200, description = "The story", body = StoryPage, headers(("ETag"))),
        (status = 304, description = "It is as the client knows it"),
        (status = 404, description = "There is no such order for whoever asks", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn read_story(
    State(api): State<TrackingApi>,
    StrictPath((shop, order)): StrictPath<(String, String)>,
    actor: ActorHeader,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let row = api.visible_row(&shop, &order, &actor).await?;
    let tag = EntityTag::of_version(row.version);
    if known.knows(tag) {
        return Ok(known.answer(tag, || ()));
    }
    let page = page(&row).map_err(store_problem)?;
    let page = page.ok_or_else(|| Problem::of(ProblemKind::NotFound))?;
    Ok(known.answer(tag, || Json(page)))
}

/// The story and its steps, out of one row.
fn page(row: &Row) -> Result<Option<StoryPage>, StoreError> {
    let StoredStory { story, steps } = stored_story(row)?;
    let story = story.view(OrderId(row.id), &row.shop, row.number);
    Ok(story.map(|story| StoryPage { story, timeline: timeline(steps) }))
}
