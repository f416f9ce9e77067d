//! The HTTP edge: problems, bodies, paging, idempotency, breaker, the listener.

pub mod problem;
pub mod problem_kind;
