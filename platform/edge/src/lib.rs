//! The HTTP edge: problems, bodies, paging, idempotency, breaker, the listener.

pub mod body;
pub mod body_deadline;
mod expectation;
pub mod json;
pub mod problem;
pub mod problem_kind;
