//! The clock of the measurements: the machine's own.

use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) use tokio::time::Instant;

/// Milliseconds since 1970.
pub(crate) fn millis_since_1970() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a harness tells real runs apart by real time")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0))
}

/// Now, as people write it.
pub(crate) fn date() -> String {
    let seconds = i64::try_from(millis_since_1970() / 1_000).unwrap_or(0);
    jiff::Timestamp::from_second(seconds).map_or_else(|_| "?".to_owned(), |now| now.to_string())
}
