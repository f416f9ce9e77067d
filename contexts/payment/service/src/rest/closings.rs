//! Business days: close one, read one, list them.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use edge::actor::{ActorHeader, ActorRole};
use edge::body::StrictJsonWithBytes;
use edge::etag::{EntityTag, IfNoneMatch};
use edge::idempotency::IdempotencyKey;
use edge::paging::{Cursor, Page};
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use http::StatusCode;
use jiff::civil::Date;
use journal::{Row, RowQuery, StoreError};
use payment_contract::ClosingView;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answers::shown;
use super::api::PaymentApi;
use super::deposits::PageOf;
use crate::command::{CloseWish, Command, Reply};
use crate::takings::DayBook;
use crate::views::{CLOSINGS, closing_id};

const ROUTE: &str = "POST /v1/shops/{shop}/closings";

/// A day to close.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DayToClose {
    /// The day in the shop's time zone; it must be over.
    #[schema(example = "2026-11-28")]
    day: String,
}

/// Closes a business day: once, with the next number, and for good. Its sums are what the ledger holds of
/// that day; what goes back later of its orders is of the day on which it goes back.
#[utoipa::path(
    post,
    path = "/v1/shops/{shop}/closings",
    operation_id = "close_day",
    tag = "closings",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeat it with every retry"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who acts, under open identity: staff, a manager or an operator"),
    ),
    request_body = DayToClose,
    responses(
        (status = 201, description = "It is closed", body = ClosingView, headers(("ETag" = String))),
        (status = 400, description = "A field is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Only staff, managers and operators close a day", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "The day is not over, or closed already", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "The key came with another body", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Nothing was kept", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn close_day(
    State(api): State<PaymentApi>,
    StrictPath(shop): StrictPath<String>,
    actor: ActorHeader,
    key: Option<IdempotencyKey>,
    StrictJsonWithBytes { value: wish, bytes }: StrictJsonWithBytes<DayToClose>,
) -> Result<Response, Problem> {
    expect_staff(&actor)?;
    let shop = api.shop(shop)?;
    let day = date(&wish.day)?;
    let bounds = api.shops.bounds_of(&shop, day).ok_or_else(|| Problem::of(ProblemKind::ShopUnknown))?;
    let begun = shop.clone();
    let mut book = api.read(move |store| DayBook::open(store, begun, bounds)).await?;
    loop {
        let read;
        (book, read) = api
            .read(move |store| {
                let more = book.read_on(store)?;
                Ok((book, more))
            })
            .await?;
        if !read {
            break;
        }
    }
    let sent = [shop.as_str().as_bytes(), &bytes];
    let key = api.request_key(&actor, ROUTE, key.as_ref(), &sent);
    match api.call(&actor, Command::CloseDay(Box::new(CloseWish { shop, day, book, key }))).await? {
        Reply::Refund(reply) => {
            let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::CREATED);
            Ok(shown(status, reply.version, reply.body))
        }
        Reply::Taken | Reply::Callback { .. } => Err(Problem::of(ProblemKind::Internal)),
    }
}

/// A closed day.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/closings/{day}",
    operation_id = "read_closing",
    tag = "closings",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("day" = String, Path, description = "The day, such as 2026-11-28"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity: staff, a manager or an operator"),
    ),
    responses(
        (status = 200, description = "The closing", body = ClosingView, headers(("ETag" = String))),
        (status = 304, description = "It is as the client knows it"),
        (status = 400, description = "That is no day", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Only staff, managers and operators see closings", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop, or nobody has closed the day", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn read_closing(
    State(api): State<PaymentApi>,
    StrictPath((shop, day)): StrictPath<(String, String)>,
    actor: ActorHeader,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    expect_staff(&actor)?;
    let shop = api.shop(shop)?;
    let id = closing_id(&shop, date(&day)?);
    let row = api.read(move |store| store.row(CLOSINGS, id)).await?;
    let row = row.ok_or_else(|| Problem::of(ProblemKind::NotFound).detail("nobody has closed that day"))?;
    let tag = EntityTag::of_version(row.version);
    Ok(known.answer(tag, || shown(StatusCode::OK, row.version, row.body)))
}

/// The closings of a shop, the latest number first.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/closings",
    operation_id = "list_closings",
    tag = "closings",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("Jumun-Actor" = Option<String>, Header, description = "Who asks, under open identity: staff, a manager or an operator"),
        PageOf,
    ),
    responses(
        (status = 200, description = "A page of closings", body = Page<ClosingView>),
        (status = 400, description = "A parameter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "Only staff, managers and operators see closings", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_closings(
    State(api): State<PaymentApi>,
    StrictPath(shop): StrictPath<String>,
    StrictQuery(page): StrictQuery<PageOf>,
    actor: ActorHeader,
) -> Result<Json<Page<ClosingView>>, Problem> {
    expect_staff(&actor)?;
    let shop = api.shop(shop)?;
    let scope = format!("closings/{shop}");
    let after = page.cursor.as_ref().map(|text| text.open(&scope)).transpose()?;
    let query = RowQuery {
        collection: CLOSINGS.to_owned(),
        shop: Some(shop.as_str().to_owned()),
        after: after.map(|cursor| (cursor.position.unsigned_abs(), cursor.id)),
        limit: page.limit.get() + 1,
        ..RowQuery::default()
    };
    let closings: Vec<ClosingView> = api
        .read(move |store| store.rows(&query)?.iter().map(closing_of).collect::<Result<_, StoreError>>())
        .await?;
    Ok(Json(Page::of(closings, page.limit, &scope, |closing| Cursor {
        position: i64::try_from(closing.number).unwrap_or(i64::MAX),
        id: closing_id(&closing.shop, closing.day),
    })))
}

fn closing_of(row: &Row) -> Result<ClosingView, StoreError> {
    serde_json::from_slice(&row.body).map_err(|error| StoreError::Damaged {
        place: format!("{CLOSINGS} row {}", row.id),
        detail: error.to_string(),
    })
}

fn date(text: &str) -> Result<Date, Problem> {
    let day = text.parse::<Date>().ok();
    day.filter(|day| day.to_string() == text && (1970..=9998).contains(&day.year()))
        .ok_or_else(|| Problem::of(ProblemKind::InvalidField).field("day", "a day such as 2026-11-28"))
}

fn expect_staff(actor: &ActorHeader) -> Result<(), Problem> {
    match actor.role() {
        ActorRole::Staff | ActorRole::Manager | ActorRole::Operator => Ok(()),
        ActorRole::Anonymous | ActorRole::Customer | ActorRole::Courier | ActorRole::Service => {
            Err(Problem::of(ProblemKind::Forbidden).detail("only staff, managers and operators close days"))
        }
    }
}
