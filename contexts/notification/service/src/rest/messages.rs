use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use edge::etag::{EntityTag, IfNoneMatch};
use edge::paging::{Cursor, CursorText, Limit, Page};
use edge::params::{StrictPath, StrictQuery};
use edge::problem::{Problem, ProblemDocument, ProblemKind};
use journal::{RowOrder, RowQuery};
use kernel::ShopKey;
use notification_contract::{MessageState, MessageView};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::api::NotificationApi;
use crate::views::{self, MESSAGES};

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MessageFilter {
    /// Only those of this order: its id, or its number in the shop.
    order: Option<String>,
    /// Only those that this has become of.
    state: Option<MessageState>,
    /// Which way the list runs: the earliest first, unless this says otherwise.
    #[serde(default)]
    #[param(inline)]
    direction: Direction,
    /// How many to leave out first, for clients that turn pages by number; a cursor is cheaper.
    #[serde(default)]
    skip: u64,
    /// How many at most: 1 to 200, 50 when nobody says.
    #[serde(default)]
    #[param(value_type = Option<u16>)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<CursorText>,
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Direction {
    /// The earliest first.
    #[default]
    Oldest,
    /// The latest first.
    Newest,
}

/// The messages of a shop, in the order in which its customers came to be owed them.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/messages",
    operation_id = "list_messages",
    tag = "messages",
    params(("shop" = String, Path, description = "The shop's key"), MessageFilter),
    responses(
        (status = 200, description = "A page of messages", body = Page<MessageView>),
        (status = 400, description = "A parameter is wrong", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "No such shop", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_messages(
    State(api): State<NotificationApi>,
    StrictPath(shop): StrictPath<String>,
    StrictQuery(filter): StrictQuery<MessageFilter>,
) -> Result<Json<Page<MessageView>>, Problem> {
    let shop = api.shop(shop)?;
    let state = filter.state.map(MessageState::as_str);
    let order = match filter.order.as_deref() {
        Some(name) => Some(order_number(&api, &shop, name).await?),
        None => None,
    };
    let owner = order.map(|number| number.map_or_else(|| "none".to_owned(), views::owner));
    let (state_word, owner_word) = (state.unwrap_or("any"), owner.as_deref().unwrap_or("any"));
    let scope = format!("messages/{shop}/{state_word}/{owner_word}/{:?}", filter.direction);
    let after = match &filter.cursor {
        Some(text) => Some(text.open(&scope)?),
        None => None,
    };
    let query = RowQuery {
        collection: MESSAGES.to_owned(),
        shop: Some(shop.as_str().to_owned()),
        state: state.map(str::to_owned),
        customer: owner,
        order: match filter.direction {
            Direction::Oldest => RowOrder::OldestFirst,
            Direction::Newest => RowOrder::NewestFirst,
        },
        skip: filter.skip,
        after: after.map(|cursor| (cursor.position.unsigned_abs(), cursor.id)),
        limit: filter.limit.get() + 1,
        ..RowQuery::default()
    };
    let messages = api
        .read(move |store| store.rows(&query)?.iter().map(views::read_message).collect::<Result<Vec<_>, _>>())
        .await?;
    Ok(Json(Page::of(messages, filter.limit, &scope, |message| Cursor {
        position: i64::try_from(message.number).unwrap_or(i64::MAX),
        id: message.id.0,
    })))
}

/// The number of an order that is named by its id or its number; `None` where the shop has told nothing
/// of such an order.
async fn order_number(api: &NotificationApi, shop: &ShopKey, text: &str) -> Result<Option<u64>, Problem> {
    match (Uuid::try_parse(text), text.parse::<u64>()) {
        (Ok(id), _) => {
            let events = api.read(move |store| store.load(id, 0)).await?;
            let subject = events.into_iter().next().map(|event| event.subject);
            let of_shop = subject.filter(|subject| subject.shop == *shop && subject.order.is_some());
            Ok(of_shop.map(|subject| subject.order_number))
        }
        (_, Ok(number)) => Ok(Some(number)),
        _ => Err(Problem::of(ProblemKind::InvalidField).field("order", "an order's id or its number")),
    }
}

/// One message of a shop.
#[utoipa::path(
    get,
    path = "/v1/shops/{shop}/messages/{message}",
    operation_id = "read_message",
    tag = "messages",
    params(
        ("shop" = String, Path, description = "The shop's key"),
        ("message" = String, Path, description = "The message's id, or its number in the shop"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag that is known"),
    ),
    responses(
        (status = 200, description = "The message as it stands", body = MessageView, headers(("ETag" = String))),
        (status = 304, description = "It is as it is known"),
        (status = 404, description = "No such shop or message", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot answer", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn read_message(
    State(api): State<NotificationApi>,
    StrictPath((shop, message)): StrictPath<(String, String)>,
    known: IfNoneMatch,
) -> Result<Response, Problem> {
    let shop = api.shop(shop)?;
    let (id, number) = (Uuid::try_parse(&message).ok(), message.parse::<u64>().ok());
    let row = api
        .read(move |store| match (id, number) {
            (Some(id), _) => Ok(store.row(MESSAGES, id)?.filter(|row| row.shop == shop)),
            (_, Some(number)) => store.row_by_number(MESSAGES, shop.as_str(), number),
            _ => Ok(None),
        })
        .await?
        .ok_or_else(|| Problem::of(ProblemKind::NotFound).detail("there is no such message"))?;
    let tag = EntityTag::of_version(row.version);
    if known.knows(tag) {
        return Ok(tag.on(StatusCode::NOT_MODIFIED));
    }
    let message = views::read_message(&row).map_err(|error| super::problems::broken(&error))?;
    Ok(tag.on(Json(message)).into_response())
}
