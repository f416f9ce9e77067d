use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use edge::etag::EntityTag;
use edge::problem::Problem;

use crate::command::DeliveryReply;
use crate::views;

/// What was decided, as the client reads it.
pub(super) fn answer(reply: DeliveryReply) -> Response {
    match reply {
        DeliveryReply::Delivery(delivery) => shown(delivery.version, views::to_json(&delivery)),
        DeliveryReply::KeptRefusal { problem } => match Problem::from_json(&problem) {
            Ok(problem) => problem.into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    }
}

/// A delivery with its entity tag.
pub(super) fn shown(version: u64, body: Vec<u8>) -> Response {
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    EntityTag::of_version(version).on((json, body))
}
