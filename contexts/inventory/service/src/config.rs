//! What inventory can be told; fixed for now.

/// How long an idempotency key is remembered, milliseconds: a day.
pub const KEYS_KEPT_MILLIS: i64 = 24 * 60 * 60 * 1_000;
