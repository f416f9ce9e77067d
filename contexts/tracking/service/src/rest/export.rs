use std::future::ready;

use axum::extract::State;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::csv::{CsvLine, CsvLines, csv_file};
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use futures::{StreamExt, TryStreamExt, stream};
use journal::{Row, RowOrder, RowQuery, StoreError};
use kernel::{OrderId, ShopKey};
use serde::Deserialize;
use tracking_contract::DayView;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::rest::days::date;
use crate::rest::{TrackingApi, expect_staff};
use crate::views::{Generation, date_of, day_number, day_of, story_of};

/// Rows read at once: a table is written as it is read, and never stands in memory.
const PAGE: usize = 200;
/// Days of one table at most.
const DAYS_MAX: u64 = 366;

/// From which day to which.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DayRange {
    /// The first day, such as 2026-11-01.
    from: String,
    /// The last day; 366 days at most.
    until: String,
}

const DAY_COLUMNS: &[&str] = &[
    "shop",
    "day",
    "placed",
    "completed",
    "cancelled",
    "refused",
    "with",
    "currency",
    "gross",
    "refunds",
    "net",
    "payments",
    "refund_count",
    "closing",
    "closed_at",
    "closed_by",
];

/// The days of a shop as a table: a line per day and way of payment, amounts in the smallest unit.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/days.csv",
    tag = "days",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity: staff, a manager or an operator"),
        DayRange,
    ),
    responses(
        (status = 200, description = "Comma-separated values (RFC 4180), UTF-8, with a line of names", body = String, content_type = "text/csv"),
        (status = 400, description = "A day is wrong, or there are too many", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Days are for staff, managers and operators", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn export_days(
    State(api): State<TrackingApi>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    StrictQuery(range): StrictQuery<DayRange>,
) -> Result<Response, Problem> {
    expect_staff(&actor)?;
    let shop = ShopKey::from(shop);
    api.life(&api.shops.now(), &shop)?;
    let (from, until) = (day_number(date("from", &range.from)?), day_number(date("until", &range.until)?));
    if until < from || until - from >= DAYS_MAX {
        let expected = format!("a day from `from` on, and within {DAYS_MAX} days of it");
        return Err(Problem::of(ProblemKind::InvalidField).field("until", expected));
    }
    let query = RowQuery {
        shop: Some(shop.to_string()),
        after: from.checked_sub(1).map(|before| (before, Uuid::max())),
        ..RowQuery::default()
    };
    let name = format!("{shop}-{}-{}.csv", range.from, range.until);
    let in_range = move |row: &Row| row.number <= until;
    let lines = paged(
        api,
        query,
        |generation| generation.days().into_owned(),
        in_range,
        |lines, row| {
            write_day(lines, &day_of(row)?.view(&row.shop, date_of(row)?));
            Ok(())
        },
    );
    Ok(csv_file(&name, stream::once(ready(Ok(CsvLines::headed(DAY_COLUMNS)))).chain(lines)))
}

fn write_day(lines: &mut CsvLines, day: &DayView) {
    let cancelled: u64 = day.orders.cancelled.values().sum();
    let refused: u64 = day.orders.refused.values().sum();
    let takings = day.takings.iter().map(Some).chain(day.takings.is_empty().then_some(None));
    for takings in takings {
        let line = lines.line().text(day.shop.as_str()).text(&day.day.to_string());
        let line = line.number(day.orders.placed).number(day.orders.completed);
        let line = line.number(cancelled).number(refused);
        let line = line.maybe(takings, |line, takings| line.text(takings.with.as_str()));
        let line = line.maybe(takings, |line, takings| line.text(takings.gross.currency.code()));
        let line = line.maybe(takings, |line, takings| line.number(takings.gross.amount));
        let line = line.maybe(takings, |line, takings| line.number(takings.refunds.amount));
        let line = line.maybe(takings, |line, takings| line.number(takings.net.amount));
        let line = line.maybe(takings, |line, takings| line.number(takings.payments));
        let line = line.maybe(takings, |line, takings| line.number(takings.refunds_count));
        let closing = day.closing.as_ref();
        let line = line.maybe(closing, |line, closing| line.number(closing.number));
        let line = line.maybe(closing, |line, closing| line.text(&closing.closed_at.to_string()));
        line.maybe(closing, |line, closing| line.text(closing.closed_by.as_str())).end();
    }
}

const ORDER_COLUMNS: &[&str] = &[
    "number",
    "call_number",
    "order",
    "placed_at",
    "state",
    "reason",
    "customer",
    "items",
    "currency",
    "total",
    "paid",
    "with",
    "approval_code",
    "refunded",
    "net",
    "ended_at",
];

/// The orders that were placed on a day, as a table: a line per order, amounts in the smallest unit.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/days/{day}/orders.csv",
    tag = "days",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("day" = String, Path, description = "The day in the shop's time zone, such as 2026-11-28"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity: staff, a manager or an operator"),
    ),
    responses(
        (status = 200, description = "Comma-separated values (RFC 4180), UTF-8, with a line of names", body = String, content_type = "text/csv"),
        (status = 400, description = "That is no day", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Days are for staff, managers and operators", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn export_orders(
    State(api): State<TrackingApi>,
    StrictPath((shop, day)): StrictPath<(String, String)>,
    actor: ActorHeader,
) -> Result<Response, Problem> {
    expect_staff(&actor)?;
    let (shop, day) = (ShopKey::from(shop), date("day", &day)?);
    let (from, until) = api.life(&api.shops.now(), &shop)?.bounds_of(day);
    let query = RowQuery {
        shop: Some(shop.to_string()),
        from: Some(from),
        until: Some(until),
        ..RowQuery::default()
    };
    let lines = paged(api, query, Generation::collection, |_| true, write_order);
    let name = format!("{shop}-{day}-orders.csv");
    Ok(csv_file(&name, stream::once(ready(Ok(CsvLines::headed(ORDER_COLUMNS)))).chain(lines)))
}

fn write_order(lines: &mut CsvLines, row: &Row) -> Result<(), StoreError> {
    let Some(view) = story_of(row)?.view(OrderId(row.id), &row.shop, row.number) else { return Ok(()) };
    let items: Vec<_> = view.lines.iter().map(|line| format!("{} x {}", line.quantity, line.name)).collect();
    let refunded: i64 = view.refunds.iter().map(|refund| refund.amount.amount).sum();
    let reason = view.cancel_reason.map(tracking_domain::cancel_word);
    let captured = view.captured.as_ref();
    let ended = view.milestones.iter().find(|milestone| {
        use ordering_contract::OrderState;
        matches!(milestone.state, OrderState::Completed | OrderState::Cancelled)
    });
    let line = lines.line().number(view.number).number(view.call_number).text(&view.order.to_string());
    let line = line.text(&view.placed_at.to_string()).text(view.state.as_str());
    let line = line.maybe(reason, CsvLine::text);
    let line = line.maybe(view.customer.as_ref(), |line, customer| line.text(&customer.to_string()));
    let line = line.text(&items.join("; ")).text(view.total.currency.code()).number(view.total.amount);
    let line = line.maybe(captured, |line, captured| line.number(captured.amount.amount));
    let line = line.maybe(captured, |line, captured| line.text(captured.with.as_str()));
    let line = line.maybe(captured, |line, captured| line.text(&captured.approval_code));
    let line = line.maybe(captured, |line, _| line.number(refunded));
    let line = line.maybe(captured, |line, captured| line.number(captured.amount.amount - refunded));
    line.maybe(ended, |line, ended| line.text(&ended.at.to_string())).end();
    Ok(())
}

/// Reads a list page by page, the oldest first, for as long as its rows are wanted. A view that is
/// rebuilt in between breaks the table off: its client sees that it is not whole.
fn paged(
    api: TrackingApi,
    query: RowQuery,
    collection: fn(Generation) -> String,
    wanted: impl Fn(&Row) -> bool + Copy + Send + Sync + 'static,
    write: impl Fn(&mut CsvLines, &Row) -> Result<(), StoreError> + Copy + Send + Sync + 'static,
) -> impl futures::Stream<Item = Result<CsvLines, StoreError>> + Send + 'static {
    let query = RowQuery { order: RowOrder::OldestFirst, limit: PAGE, ..query };
    let start = (api, query, None::<Generation>);
    stream::try_unfold(Some(start), move |state| async move {
        let Some((api, query, begun)) = state else { return Ok(None) };
        let page = query.clone();
        let (generation, rows) = api
            .readers
            .read(move |store| {
                Generation::while_live(store, |store, live| {
                    Ok((live, store.rows(&RowQuery { collection: collection(live), ..page.clone() })?))
                })
            })
            .await?;
        if begun.is_some_and(|begun| begun != generation) {
            return Err(StoreError::Unavailable("the view was rebuilt while it was read".into()));
        }
        let mut lines = CsvLines::default();
        for row in rows.iter().take_while(|row| wanted(row)) {
            write(&mut lines, row)?;
        }
        let last = rows.last().filter(|last| rows.len() == PAGE && wanted(last));
        let next = last.map(|last| {
            let after = Some((last.number, last.id));
            (api, RowQuery { after, ..query }, Some(generation))
        });
        Ok(Some((lines, next)))
    })
    .into_stream()
}
