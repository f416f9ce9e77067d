//! The HTTP edge: problems, bodies, paging, idempotency, breaker, the listener.

pub mod actor;
pub mod body;
pub mod body_deadline;
pub mod breaker;
pub mod bulkhead;
mod connection;
pub mod etag;
mod expectation;
pub mod forward;
pub mod guard;
pub mod header_text;
pub mod idempotency;
pub mod json;
pub mod layers;
pub mod listener;
pub mod paging;
pub mod problem;
pub mod problem_kind;
mod pulse;
mod raw_refusal;
pub mod request_id;
pub mod sse;
