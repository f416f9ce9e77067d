use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalog_contract::{OpeningState, spoken_time};
use edge::etag::EntityTag;
use edge::problem::{FieldError, Problem, ProblemKind};
use ordering_contract::WishedStep;
use serde_json::json;

use crate::command::{NotOpen, OrderingRefusal, WrongField};
use crate::follow::too_late_problem;

/// An order as JSON that is ready to be sent, with its entity tag.
pub(super) fn order_answer(
    status: StatusCode,
    shop: &str,
    order: &str,
    version: u64,
    body: Vec<u8>,
) -> Response {
    let mut response = EntityTag::of_version(version).on(Response::new(Body::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if status == StatusCode::CREATED
        && let Ok(location) = HeaderValue::from_str(&format!("/v1/shops/{shop}/orders/{order}"))
    {
        headers.insert(header::LOCATION, location);
    }
    response
}

/// A problem as it was stored, byte for byte.
pub(super) fn stored_problem(status: u16, body: Vec<u8>) -> Response {
    match Problem::from_json(&body) {
        Ok(problem) => problem.into_response(),
        Err(_) => {
            let mut response = Response::new(Body::from(body));
            *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT);
            response
        }
    }
}

pub(super) fn refusal_problem(refusal: OrderingRefusal) -> Problem {
    match refusal {
        OrderingRefusal::UnknownShop(shop) => {
            Problem::of(ProblemKind::ShopUnknown).detail(format!("there is no shop {shop} here"))
        }
        OrderingRefusal::NotOpen(not_open) => not_open_problem(&not_open),
        OrderingRefusal::Invalid(wrong) => wrong
            .into_iter()
            .fold(Problem::of(ProblemKind::InvalidField), |problem, wrong| problem.error(error(wrong))),
        OrderingRefusal::UnknownItem(wrong) => Problem::of(ProblemKind::UnknownItem).error(error(wrong)),
        OrderingRefusal::SoldOut(wrong) => Problem::of(ProblemKind::SoldOut).error(error(wrong)),
        OrderingRefusal::PriceDiffers { field, expected, costs } => Problem::of(ProblemKind::PriceDiffers)
            .detail(format!("{field} is {costs}, the request expects {expected}"))
            .error(FieldError::new(field, costs.to_string()).got(expected.to_string()))
            .with("price", json!(costs))
            .with("expected_price", json!(expected)),
        OrderingRefusal::KeyReused => Problem::of(ProblemKind::IdempotencyKeyReused),
        OrderingRefusal::StillRunning => Problem::of(ProblemKind::AlreadyRunning),
        OrderingRefusal::OutcomeUnknown => Problem::of(ProblemKind::PaymentOutcomeUnknown),
        OrderingRefusal::UnknownOrder => Problem::of(ProblemKind::NotFound).detail("there is no such order"),
        OrderingRefusal::VersionDiffers { version } => {
            let tag = EntityTag::of_version(version).to_string();
            Problem::of(ProblemKind::PreconditionFailed).field("If-Match", tag.clone()).with("etag", tag)
        }
        OrderingRefusal::TooLate(state) => too_late_problem(state, "cannot be cancelled"),
        OrderingRefusal::TooLateToReaddress(state) => {
            too_late_problem(state, "its address cannot be changed")
        }
        OrderingRefusal::ForbiddenByState(state) => Problem::of(ProblemKind::CommandForbiddenByState)
            .detail(format!("the order is {}", state.as_str()))
            .with("state", state.as_str()),
        OrderingRefusal::NotTheirs(WishedStep::ApprovePayment) => {
            Problem::of(ProblemKind::Forbidden).detail("only the customer approves a payment")
        }
        OrderingRefusal::NotTheirs(_) => {
            Problem::of(ProblemKind::Forbidden).detail("this step is for whoever makes or brings the order")
        }
        OrderingRefusal::AddressAsked(state) => Problem::of(ProblemKind::CommandForbiddenByState)
            .detail("another change of the address waits for delivery's answer; read the order again")
            .with("state", state.as_str()),
    }
}

/// Closed or busy, until when, and when to come back.
fn not_open_problem(not_open: &NotOpen) -> Problem {
    let NotOpen { opening, wanted_at, now, time_zone } = not_open;
    let (kind, word) = match opening.state {
        OpeningState::Busy => (ProblemKind::ShopBusy, "busy"),
        OpeningState::Open | OpeningState::Closed => (ProblemKind::ShopClosed, "closed"),
    };
    let spoken = |at| format!("{} ({time_zone})", spoken_time(time_zone, at));
    let until = match opening.until {
        Some(until) => format!("until {}", spoken(until)),
        None => "until further notice".to_owned(),
    };
    let at = wanted_at.map_or_else(String::new, |at| format!("at {} and ", spoken(at)));
    let mut problem = Problem::of(kind).detail(format!("the shop is {word} {at}{until}"));
    if let Some(until) = opening.until {
        problem = problem.with("until", until.to_string());
    }
    match (wanted_at, opening.until) {
        (Some(at), until) => {
            let open = until.map_or_else(String::new, |until| format!(", the next one from {until}"));
            let expected = format!("a time at which the shop takes orders{open}");
            problem.error(FieldError::new("wanted_at", expected).got(at.to_string()))
        }
        (None, Some(until)) => {
            let seconds = (until.millis_since(*now) + 999) / 1_000;
            problem.retry_after_seconds(u32::try_from(seconds).unwrap_or(u32::MAX).max(1))
        }
        (None, None) => problem,
    }
}

fn error(wrong: WrongField) -> FieldError {
    let error = FieldError::new(wrong.field, wrong.expected);
    match wrong.found {
        Some(found) => error.got(found),
        None => error,
    }
}
