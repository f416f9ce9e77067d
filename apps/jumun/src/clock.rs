use std::time::Instant;

use kernel::{Clock, Timestamp};

/// The machine's clock, read once at start and carried on by the monotonic clock: nobody who sets
/// the wall clock while the program runs makes a timer fire early or late.
pub(crate) struct SystemClock {
    started_at: Timestamp,
    since: Instant,
}

impl SystemClock {
    /// Starts at the present wall time.
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's time is read")]
    pub(crate) fn start() -> Self {
        let wall = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |passed| i64::try_from(passed.as_millis()).unwrap_or(i64::MAX));
        Self { started_at: Timestamp::from_millis(wall), since: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        self.started_at.plus_millis(i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}
