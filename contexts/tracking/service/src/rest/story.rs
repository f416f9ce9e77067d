use axum::Json;
use axum::extract::State;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::etag::{EntityTag, IfNoneMatch};
use edge::params::StrictPath;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use journal::{Reader, StoreError};
use kernel::OrderId;
use tracking_contract::StoryPage;
use uuid::Uuid;

use crate::rest::{TrackingApi, actor_of, store_problem};
use crate::views::{Generation, read_timeline, story_of};

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
    let row = api.visible_row(&shop, &order, &actor_of(&actor)).await?;
    if known.knows(EntityTag::of_version(row.version)) {
        return Ok(known.answer(EntityTag::of_version(row.version), || ()));
    }
    let page = api.readers.read(move |store| page(store, row.id)).await.map_err(store_problem)?;
    let (version, page) = page.ok_or_else(|| Problem::of(ProblemKind::NotFound))?;
    Ok(known.answer(EntityTag::of_version(version), || Json(page)))
}

/// The story and its steps as they were at one moment, with the version of both.
fn page(store: &mut dyn Reader, order: Uuid) -> Result<Option<(u64, StoryPage)>, StoreError> {
    Generation::while_live(store, |store, generation| {
        let stories = generation.stories();
        let mut row = store.row(&stories, order)?;
        loop {
            let timeline = read_timeline(store, generation, order)?;
            let again = store.row(&stories, order)?;
            let Some(found) =
                row.filter(|row| again.as_ref().is_some_and(|again| again.version == row.version))
            else {
                if again.is_none() {
                    return Ok(None);
                }
                row = again;
                continue;
            };
            let story = story_of(&found)?.view(OrderId(order), &found.shop, found.number);
            return Ok(story.map(|story| (found.version, StoryPage { story, timeline })));
        }
    })
}
