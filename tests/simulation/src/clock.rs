use kernel::Timestamp;

use crate::moment::Moment;

/// The wall clock of a role: off by some minutes, too fast or too slow, and it may jump.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WallClock {
    set_at: Moment,
    reading: Timestamp,
    rate_permille: i64,
}

impl WallClock {
    /// A clock that reads `reading` at the start and runs true.
    pub(crate) const fn starting(reading: Timestamp) -> Self {
        Self { set_at: Moment(0), reading, rate_permille: 1_000 }
    }

    pub(crate) fn read(&self, now: Moment) -> Timestamp {
        let passed = i64::try_from(now.0.saturating_sub(self.set_at.0)).unwrap_or(i64::MAX);
        self.reading.plus_millis(passed.saturating_mul(self.rate_permille) / 1_000)
    }

    /// Jumps ahead, or back.
    pub(crate) fn jump(&mut self, now: Moment, millis: i64) {
        self.reading = self.read(now).plus_millis(millis);
        self.set_at = now;
    }

    /// Runs at so many thousandths of true time from now on.
    pub(crate) fn run_at(&mut self, now: Moment, rate_permille: i64) {
        self.reading = self.read(now);
        self.set_at = now;
        self.rate_permille = rate_permille;
    }

    /// How long it takes in true time until the clock has gone on by so much, rounded up.
    pub(crate) fn true_millis(&self, millis: i64) -> u64 {
        let scaled = millis.max(0).saturating_mul(1_000);
        u64::try_from((scaled + self.rate_permille - 1) / self.rate_permille).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_clock_needs_longer_and_a_jump_moves_it_at_once() {
        let mut clock = WallClock::starting(Timestamp::from_millis(1_000));
        clock.run_at(Moment(0), 900);
        assert_eq!(clock.read(Moment(1_000)).millis(), 1_900);
        assert_eq!(clock.true_millis(900), 1_000);
        clock.jump(Moment(1_000), -500);
        assert_eq!(clock.read(Moment(1_000)).millis(), 1_400);
    }
}
