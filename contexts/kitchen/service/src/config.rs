//! What the kitchen can be told; fixed for now.

/// How long a step waits for a ticket that is on its way, milliseconds.
pub const STEP_WAIT_MILLIS: u64 = 1_000;
