//! The HTTP edge: problems, bodies, paging, idempotency, breaker, the listener.
