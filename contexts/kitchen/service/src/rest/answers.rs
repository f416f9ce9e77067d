use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use edge::etag::EntityTag;
use edge::problem::Problem;

use crate::command::KitchenReply;
use crate::views;

/// What was decided, as the client reads it.
pub(super) fn answer(reply: KitchenReply) -> Response {
    match reply {
        KitchenReply::Ticket(ticket) => shown(ticket.version, views::to_json(&ticket)),
        KitchenReply::KeptRefusal { problem } => match Problem::from_json(&problem) {
            Ok(problem) => problem.into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    }
}

/// A ticket with its entity tag.
pub(super) fn shown(version: u64, body: Vec<u8>) -> Response {
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    EntityTag::of_version(version).on((json, body))
}
