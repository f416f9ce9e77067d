use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::etag::IfNoneMatch;
use edge::params::StrictPath;
use edge::preference::Wait;
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use edge::shown::Shown;
use http::StatusCode;
use journal::{Row, StoreError};
use kernel::OrderId;
use tokio::time::Instant;
use tracking_contract::StoryPage;
use uuid::Uuid;

use crate::rest::{KeptStories, TrackingApi, store_problem};
use crate::views::{StoredStory, stored_story, timeline};

/// Tells the story of an order: where it stands, and every step with its time, actor and cause. Whoever
/// prefers to wait is answered once there is something that they do not know: the order, where nothing is
/// told of it yet, or its next step, with `If-None-Match`.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/orders/{order}/story",
    tag = "stories",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("order" = String, Path, description = "The order's id, or its number in the shop"),
        ("Prefer" = Option<String>, Header, description = "`wait=SECONDS`: instead of 304 or 404, wait so long for something new, 5 seconds at most"),
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
    wait: Wait,
) -> Result<Response, Problem> {
    let news = match wait.duration() {
        Duration::ZERO => None,
        _ => api.waiting.for_news_of(&order, api.handle.waiters()),
    };
    let Some(mut news) = news else { return look(&api, &shop, &order, &actor, &known).await };
    let deadline = Instant::now() + wait.duration();
    loop {
        let answer = look(&api, &shop, &order, &actor, &known).await;
        let is_new = match &answer {
            Ok(answer) => answer.status() != StatusCode::NOT_MODIFIED,
            Err(problem) => problem.kind() != ProblemKind::NotFound,
        };
        if is_new || !news.came_by(deadline, &api.shutdown).await {
            return answer;
        }
    }
}

/// What is told now.
async fn look(
    api: &TrackingApi,
    shop: &str,
    order: &str,
    actor: &ActorHeader,
    known: &IfNoneMatch,
) -> Result<Response, Problem> {
    let KeptStories(kept) = &api.kept;
    let by_id = Uuid::try_parse(order).ok();
    if let Some(shown) = by_id.and_then(|id| kept.get(&id)).filter(|kept| kept.is_for(shop, actor)) {
        return Ok(shown.answer(known));
    }
    let seen = kept.look();
    let row = api.visible_row(shop, order, actor).await?;
    let page = page(&row).map_err(store_problem)?;
    let page = page.ok_or_else(|| Problem::of(ProblemKind::NotFound))?;
    let body = serde_json::to_vec(&page).map_err(|_| Problem::of(ProblemKind::Internal))?;
    let shown = Shown::new(shop, row.customer, row.version, body);
    kept.put(row.id, seen, shown.clone(), shown.size_bytes());
    Ok(shown.answer(known))
}

/// The story and its steps, out of one row.
fn page(row: &Row) -> Result<Option<StoryPage>, StoreError> {
    let StoredStory { story, steps } = stored_story(row)?;
    let story = story.view(OrderId(row.id), &row.shop, row.number);
    Ok(story.map(|story| StoryPage { story, timeline: timeline(steps) }))
}
