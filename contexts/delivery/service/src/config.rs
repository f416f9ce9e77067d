//! What delivery can be told; fixed for now.

/// How long an idempotency key is remembered, milliseconds: a day.
pub const KEYS_KEPT_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// How long a step waits for a delivery that is on its way, milliseconds.
pub const STEP_WAIT_MILLIS: u64 = 1_000;
