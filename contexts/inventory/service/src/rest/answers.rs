use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use edge::etag::EntityTag;
use edge::problem::Problem;

use crate::command::InventoryReply;
use crate::views;

/// What was decided, as the client reads it.
pub(super) fn answer(reply: InventoryReply) -> Response {
    match reply {
        InventoryReply::Item(item) => shown(item.version, views::to_json(&item)),
        InventoryReply::Again { status: 200, version, body } => shown(version, body),
        InventoryReply::Again { body, .. } => match Problem::from_json(&body) {
            Ok(problem) => problem.into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    }
}

/// An item with its entity tag.
pub(super) fn shown(version: u64, body: Vec<u8>) -> Response {
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    EntityTag::of_version(version).on((json, body))
}
