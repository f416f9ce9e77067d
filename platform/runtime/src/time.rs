use kernel::Timestamp;

/// The writer's time: it never goes back. A clock that jumps back counts as standing still from
/// there on; one that jumps ahead moves it ahead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WriterTime {
    now: Timestamp,
    clock: Timestamp,
}

impl WriterTime {
    /// Starts at the clock, or at the last batch where the clock is behind it.
    pub(crate) fn starting(clock: Timestamp, last_batch: Timestamp) -> Self {
        Self { now: clock.max(last_batch), clock }
    }

    /// Follows the clock.
    pub(crate) fn follow(&mut self, clock: Timestamp) -> Timestamp {
        if kernel::planted::is(kernel::planted::Bug::B13) {
            return clock;
        }
        let passed = clock.millis_since(self.clock).max(0);
        self.clock = clock;
        self.now = self.now.plus_millis(passed);
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_clock_that_jumps_back_does_not_take_time_with_it() {
        let mut time = WriterTime::starting(at(1_000), at(0));
        assert_eq!(time.follow(at(2_000)), at(2_000));
        assert_eq!(time.follow(at(500)), at(2_000));
        assert_eq!(time.follow(at(600)), at(2_100));
    }

    #[test]
    fn a_start_behind_the_last_batch_begins_at_the_last_batch() {
        let mut time = WriterTime::starting(at(1_000), at(5_000));
        assert_eq!(time.follow(at(1_010)), at(5_010));
    }
}
