use axum::Json;
use axum::extract::State;
use axum::response::Response;
use catalog_contract::{Accept, Handover, Prepare, ShopDirectory, ShopLife, Text};
use edge::actor::ActorHeader;
use edge::etag::{EntityTag, IfNoneMatch};
use edge::paging::Limit;
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument};
use journal::{Reader, Row, RowOrder, RowQuery, StoreError};
use kernel::{OrderId, ShopKey, Timestamp};
use ordering_contract::OrderState;
use serde::Deserialize;
use tracking_contract::{BoardCard, BoardColumn, BoardView};
use tracking_domain::{Awaited, Story, awaited};
use utoipa::IntoParams;

use crate::rest::{TrackingApi, expect_worker, store_problem};
use crate::views::{Generation, story_of};

/// How much of the board.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BoardFilter {
    /// How many orders a column shows at most: 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
}

/// The columns: the state whose orders stand there, its word, its name.
const COLUMNS: [(OrderState, &str, &str, &str); 5] = [
    (OrderState::Confirmed, "new", "신규", "New"),
    (OrderState::Accepted, "accepted", "수락", "Accepted"),
    (OrderState::Started, "making", "제조 중", "Making"),
    (OrderState::Prepared, "ready", "준비 완료", "Ready"),
    (OrderState::DeliveryStarted, "on-the-way", "배달 중", "On the way"),
];

/// The board of a shop: the orders that need hands now, a column per stage, the oldest first. The shop's
/// stream (`/v1/shops/{shop}/stream`) tells when to look again.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/board",
    tag = "boards",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity: staff, a courier, a manager or an operator"),
        BoardFilter,
    ),
    responses(
        (status = 200, description = "The board", body = BoardView, headers(("ETag"))),
        (status = 304, description = "It is as the client knows it: the same orders in the same places, beyond their bounds or not"),
        (status = 400, description = "A parameter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "The board is for those who work there", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn read_board(
    State(api): State<TrackingApi>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    StrictQuery(filter): StrictQuery<BoardFilter>,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    expect_worker(&actor)?;
    let shop = ShopKey::from(shop);
    let (shops, now, limit) = (api.shops.now(), api.clock.now(), filter.limit.get());
    let life = api.life(&shops, &shop)?.clone();
    let board = api
        .readers
        .read(move |store| {
            Generation::while_live(store, |store, generation| {
                let columns = COLUMNS.iter().filter(|(state, ..)| comes_to(&life, *state));
                let columns = columns.map(|(state, word, ko, en)| {
                    let stands = Standing { shop: &shop, state: *state, now, limit };
                    let (count, orders) = stands.read(store, generation, &shops)?;
                    let name = Text { ko: (*ko).to_owned(), en: (*en).to_owned() };
                    Ok(BoardColumn { column: (*word).to_owned(), name, count, orders })
                });
                let columns = columns.collect::<Result<Vec<_>, StoreError>>()?;
                let exceeded = columns.iter().flat_map(|column| &column.orders);
                let exceeded = exceeded.filter(|card| card.exceeded).count() as u64;
                Ok(BoardView { shop: shop.clone(), at: now, exceeded, columns })
            })
        })
        .await
        .map_err(store_problem)?;
    Ok(known.answer(tag_of(&board), || Json(board)))
}

/// Whether orders of a shop stand at a stage for longer than it takes to pass it.
fn comes_to(life: &ShopLife, state: OrderState) -> bool {
    match state {
        OrderState::Confirmed => life.accept == Accept::Staff,
        OrderState::Accepted => life.prepare.by == Prepare::Staff,
        OrderState::Started => life.prepare.by == Prepare::Staff && !life.prepare.finishes_at_start,
        OrderState::Prepared => life.handover != Handover::None,
        _ => life.handover == Handover::Delivery,
    }
}

/// The same orders in the same places, beyond their bounds or not: the same tag, however long they wait.
fn tag_of(board: &BoardView) -> EntityTag {
    let mut hasher = blake3::Hasher::new();
    for column in &board.columns {
        hasher.update(column.column.as_bytes());
        hasher.update(&column.count.to_be_bytes());
        for card in &column.orders {
            let steady = BoardCard { in_stage_millis: 0, ..card.clone() };
            hasher.update(&serde_json::to_vec(&steady).unwrap_or_default());
        }
    }
    let digest = hasher.finalize();
    let first = digest.as_bytes().iter().take(8);
    EntityTag::of_version(first.fold(0, |version, byte| version << 8 | u64::from(*byte)))
}

/// The orders of a shop that stand at a stage.
struct Standing<'a> {
    shop: &'a ShopKey,
    state: OrderState,
    now: Timestamp,
    limit: usize,
}

impl Standing<'_> {
    fn read(
        &self,
        store: &mut dyn Reader,
        generation: Generation,
        shops: &ShopDirectory,
    ) -> Result<(u64, Vec<BoardCard>), StoreError> {
        let query = RowQuery {
            collection: generation.collection(),
            shop: Some(self.shop.to_string()),
            state: Some(self.state.as_str().to_owned()),
            order: RowOrder::OldestFirst,
            limit: self.limit,
            ..RowQuery::default()
        };
        let rows = store.rows(&query)?;
        let count = if rows.len() < self.limit { rows.len() as u64 } else { store.count_rows(&query)? };
        let cards = rows.iter().map(|row| Ok(self.card(row, &story_of(row)?, shops)));
        Ok((count, cards.filter_map(Result::transpose).collect::<Result<_, StoreError>>()?))
    }

    fn card(&self, row: &Row, story: &Story, shops: &ShopDirectory) -> Option<BoardCard> {
        let view = story.view(OrderId(row.id), &row.shop, row.number)?;
        let life = story.life().and_then(|hash| shops.pinned(hash).ok());
        let waits = life.and_then(|life| awaited(life, view.state, view.payment));
        let bound_millis = waits.filter(|(whom, _)| *whom != Awaited::Machine).map(|(_, bound)| bound);
        let since = story.since();
        let in_stage_millis = self.now.millis_since(since).max(0);
        Some(BoardCard {
            order: view.order,
            number: view.number,
            call_number: view.call_number,
            state: view.state,
            cancel_requested: view.cancel_requested,
            lines: view.lines,
            placed_at: view.placed_at,
            since,
            in_stage_millis,
            bound_millis,
            exceeded: bound_millis.is_some_and(|bound| in_stage_millis > bound),
            wanted_at: view.wanted_at,
            table: view.table,
            address: story.address().map(ToOwned::to_owned),
            courier: story.courier().map(ToOwned::to_owned),
        })
    }
}
