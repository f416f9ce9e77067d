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
use runtime::{Waiters, Watch};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
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
    // Asked for before the first look, nothing is missed.
    let news = (!wait.duration().is_zero()).then(|| News::of(api.handle.waiters(), &order)).flatten();
    let Some(mut news) = news else { return look(&api, &shop, &order, &actor, &known).await };
    let deadline = Instant::now() + wait.duration();
    loop {
        let answer = look(&api, &shop, &order, &actor, &known).await;
        let is_new = match &answer {
            Ok(answer) => answer.status() != StatusCode::NOT_MODIFIED,
            Err(problem) => problem.kind() != ProblemKind::NotFound,
        };
        if is_new || !came_by(deadline, &mut news, &api.shutdown).await {
            return answer;
        }
    }
}

/// Whether there was news before the time is over or the program goes.
async fn came_by(deadline: Instant, news: &mut News, shutdown: &CancellationToken) -> bool {
    tokio::select! {
        came = timeout_at(deadline, news.next()) => came.unwrap_or(false),
        () = shutdown.cancelled() => false,
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

/// Whatever may have told more of an order: what is committed of its id, or, where only its number is known,
/// anything at all.
enum News {
    OfOrder(Watch),
    Any(watch::Receiver<u64>),
}

impl News {
    /// `None` where it is neither an id nor a number: nothing will ever be told of it.
    fn of(waiters: &Waiters, order: &str) -> Option<Self> {
        match (Uuid::try_parse(order), order.parse::<u64>()) {
            (Ok(id), _) => Some(Self::OfOrder(waiters.watch(id))),
            (_, Ok(_)) => Some(Self::Any(waiters.commits())),
            _ => None,
        }
    }

    /// Waits for some; false where none will come any more.
    async fn next(&mut self) -> bool {
        match self {
            Self::OfOrder(watch) => watch.next().await.is_some(),
            Self::Any(commits) => commits.changed().await.is_ok(),
        }
    }
}

/// The story and its steps, out of one row.
fn page(row: &Row) -> Result<Option<StoryPage>, StoreError> {
    let StoredStory { story, steps } = stored_story(row)?;
    let story = story.view(OrderId(row.id), &row.shop, row.number);
    Ok(story.map(|story| StoryPage { story, timeline: timeline(steps) }))
}
