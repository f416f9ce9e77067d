use axum::Json;
use axum::extract::State;
use edge::actor::ActorHeader;
use edge::paging::{Cursor, CursorText, Limit, Page};
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument};
use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use kernel::{ActorKind, OrderId, Timestamp};
use ordering_contract::OrderState;
use serde::Deserialize;
use tracking_contract::StoryView;
use utoipa::{IntoParams, ToSchema};

use crate::rest::{TrackingApi, actor_of, store_problem};
use crate::views::{Generation, story_of};

/// Which stories.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Only in this state.
    state: Option<OrderState>,
    /// Only this customer's.
    customer: Option<String>,
    /// Only with this item.
    item: Option<String>,
    /// Only this number.
    number: Option<u64>,
    /// Only placed at or after: milliseconds since 1970.
    from: Option<i64>,
    /// Only placed before: milliseconds since 1970.
    until: Option<i64>,
    /// Only of orders that have come to this state, whatever became of them then.
    reached: Option<OrderState>,
    /// Which way the list runs: the latest number first, unless this says otherwise.
    #[serde(default)]
    #[param(inline)]
    order: ListOrder,
    /// How many to leave out first, for clients that turn pages by number; a cursor is cheaper.
    #[serde(default)]
    skip: u64,
    /// How many at most: 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
    /// `next` of the page before, with the same filters.
    #[param(value_type = Option<String>)]
    cursor: Option<CursorText>,
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ListOrder {
    /// The latest number first.
    #[default]
    Newest,
    /// The earliest number first.
    Oldest,
}

/// Rows looked at at once, where not all of them are wanted.
const GLANCE: usize = 200;

/// Lists and searches the stories of a shop, the latest first. A customer sees their own.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/stories",
    tag = "stories",
    params(("shop" = String, Path, description = "The shop's key"), Filter),
    responses(
        (status = 200, description = "A page of stories", body = Page<StoryView>),
        (status = 400, description = "A filter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_stories(
    State(api): State<TrackingApi>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    StrictQuery(filter): StrictQuery<Filter>,
) -> Result<Json<Page<StoryView>>, Problem> {
    api.expect_shop(&shop).await?;
    let actor = actor_of(&actor);
    let customer = match actor.kind() {
        ActorKind::Customer => actor.id().map(ToOwned::to_owned),
        _ => filter.customer,
    };
    let state = filter.state.map(OrderState::as_str);
    let scope = format!(
        "stories/{shop}/{customer:?}/{state:?}/{:?}/{:?}/{:?}/{:?}/{:?}/{:?}",
        filter.item, filter.number, filter.from, filter.until, filter.reached, filter.order
    );
    let after = filter.cursor.map(|cursor| cursor.open(&scope)).transpose()?;
    let query = RowQuery {
        shop: Some(shop),
        customer,
        state: state.map(ToOwned::to_owned),
        search: filter.item,
        number: filter.number,
        from: filter.from.map(Timestamp::from_millis),
        until: filter.until.map(Timestamp::from_millis),
        order: match filter.order {
            ListOrder::Newest => RowOrder::NewestFirst,
            ListOrder::Oldest => RowOrder::OldestFirst,
        },
        after: after.map(|cursor| (u64::try_from(cursor.position).unwrap_or(0), cursor.id)),
        skip: filter.skip,
        limit: filter.limit.get() + 1,
        ..RowQuery::default()
    };
    let reached = filter.reached.filter(|state| *state != OrderState::Placed);
    let stories = api
        .readers
        .read(move |store| {
            Generation::while_live(store, |store, generation| {
                let query = RowQuery { collection: generation.collection(), ..query.clone() };
                match reached {
                    None => store.rows(&query)?.iter().map(view).filter_map(Result::transpose).collect(),
                    Some(state) => reaching(store, query, state),
                }
            })
        })
        .await
        .map_err(store_problem)?;
    Ok(Json(Page::of(stories, filter.limit, &scope, |story| Cursor {
        position: i64::try_from(story.number).unwrap_or(i64::MAX),
        id: story.order.0,
    })))
}

fn view(row: &Row) -> Result<Option<StoryView>, StoreError> {
    Ok(story_of(row)?.view(OrderId(row.id), &row.shop, row.number))
}

/// What has come to a state, looked for from the beginning of the list.
fn reaching(
    store: &mut dyn Reader,
    query: RowQuery,
    state: OrderState,
) -> Result<Vec<StoryView>, StoreError> {
    let (mut skip, limit) = (query.skip, query.limit);
    let mut glance = RowQuery { skip: 0, limit: GLANCE, ..query };
    let mut found = Vec::new();
    loop {
        let rows = store.rows(&glance)?;
        let Some(last) = rows.last() else { return Ok(found) };
        glance.after = Some((last.number, last.id));
        for story in rows.iter().map(view).filter_map(Result::transpose) {
            let story = story?;
            if !story.milestones.iter().any(|milestone| milestone.state == state) {
                continue;
            }
            if skip > 0 {
                skip -= 1;
                continue;
            }
            found.push(story);
            if found.len() == limit {
                return Ok(found);
            }
        }
    }
}
