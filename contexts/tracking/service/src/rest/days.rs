use axum::Json;
use axum::extract::State;
use axum::response::Response;
use edge::actor::ActorHeader;
use edge::etag::{EntityTag, IfNoneMatch};
use edge::paging::{Cursor, CursorText, Limit, Page};
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use jiff::civil::Date;
use journal::RowQuery;
use kernel::ShopKey;
use serde::Deserialize;
use tracking_contract::DayView;
use tracking_domain::DayTally;
use utoipa::IntoParams;

use crate::rest::{TrackingApi, expect_staff, store_problem};
use crate::views::{Generation, date_of, day_id, day_number, day_of};

/// Which page of the days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DaysFilter {
    /// How many at most: 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<CursorText>,
}

/// The days of a shop, the latest first: what was ordered, what came in and went back, how long it took.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/days",
    tag = "days",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity: staff, a manager or an operator"),
        DaysFilter,
    ),
    responses(
        (status = 200, description = "A page of days; those on which nothing happened are left out", body = Page<DayView>),
        (status = 400, description = "A parameter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Days are for staff, managers and operators", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_days(
    State(api): State<TrackingApi>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    StrictQuery(filter): StrictQuery<DaysFilter>,
) -> Result<Json<Page<DayView>>, Problem> {
    expect_staff(&actor)?;
    api.life(&api.shops.now(), &ShopKey::from(shop.as_str()))?;
    let scope = format!("days/{shop}");
    let after = filter.cursor.map(|cursor| cursor.open(&scope)).transpose()?;
    let query = RowQuery {
        shop: Some(shop),
        after: after.map(|cursor| (cursor.position.unsigned_abs(), cursor.id)),
        limit: filter.limit.get() + 1,
        ..RowQuery::default()
    };
    let days = api
        .readers
        .read(move |store| {
            let rows = Generation::while_live(store, |store, generation| {
                store.rows(&RowQuery { collection: generation.days().into_owned(), ..query.clone() })
            })?;
            rows.iter()
                .map(|row| Ok(day_of(row)?.view(&row.shop, date_of(row)?)))
                .collect::<Result<Vec<_>, _>>()
        })
        .await
        .map_err(store_problem)?;
    Ok(Json(Page::of(days, filter.limit, &scope, |day: &DayView| Cursor {
        position: i64::try_from(day_number(day.day)).unwrap_or(i64::MAX),
        id: day_id(&day.shop, day.day),
    })))
}

/// A day of a shop; one on which nothing happened is empty.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/days/{day}",
    tag = "days",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("day" = String, Path, description = "The day in the shop's time zone, such as 2026-11-28"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity: staff, a manager or an operator"),
    ),
    responses(
        (status = 200, description = "The day", body = DayView, headers(("ETag"))),
        (status = 304, description = "It is as the client knows it"),
        (status = 400, description = "That is no day", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Days are for staff, managers and operators", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "There is no such shop", body = ProblemDocument, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn read_day(
    State(api): State<TrackingApi>,
    StrictPath((shop, day)): StrictPath<(String, String)>,
    actor: ActorHeader,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    expect_staff(&actor)?;
    let (shop, day) = (ShopKey::from(shop), date("day", &day)?);
    api.life(&api.shops.now(), &shop)?;
    let id = day_id(&shop, day);
    let tally = api
        .readers
        .read(move |store| {
            let row = Generation::while_live(store, |store, generation| store.row(&generation.days(), id))?;
            row.as_ref().map_or_else(|| Ok(DayTally::default()), day_of)
        })
        .await
        .map_err(store_problem)?;
    Ok(known.answer(EntityTag::of_version(tally.facts()), || Json(tally.view(&shop, day))))
}

/// A day as it stands in a path or a query.
pub(super) fn date(field: &'static str, text: &str) -> Result<Date, Problem> {
    let day = text
        .parse::<Date>()
        .ok()
        .filter(|day| day.to_string() == text && (1970..=9998).contains(&day.year()));
    day.ok_or_else(|| Problem::of(ProblemKind::InvalidField).field(field, "a day such as 2026-11-28"))
}
