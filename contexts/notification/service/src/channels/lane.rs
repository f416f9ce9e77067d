//! A lane: what may be on its way to one relay at once, and whether the relay is left alone for a while.
//!
//! Each channel has one of its own, so that one that is down or slow holds up nobody else's messages, and
//! is not run over by all that waited once it is back.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use edge::breaker::{Admission, BreakerSettings, CircuitBreaker, Outcome};
use kernel::Clock;
use tokio::sync::Semaphore;

use crate::effects::SendOutcome;

/// Calls that may be on their way at once.
const CALLS_AT_ONCE: usize = 16;
/// How long a message waits for one of them to come back before it looks again later.
const TURN_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a call may take. With the wait for its turn it is over before the shortest lease is.
const CALL_TIMEOUT: Duration = Duration::from_millis(3_500);
/// How long a relay that fails is left alone. Longer than a call may take, so that who looks whether it is back
/// is the only one who does.
const OPEN_MILLIS: i64 = 5_000;
/// Failures in a row after which the next one is the relay's and not the message's: the relay is down, and
/// who looks whether it still is has tried nothing.
const FAILURES_UNTIL_DOWN: u32 = 2;

/// What a relay made of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Carried {
    /// It took it.
    Taken,
    /// It will never take it.
    Refused(String),
    /// It did not; it may later.
    Later(String),
}

/// The lane to one relay.
pub(super) struct Lane {
    turns: Semaphore,
    breaker: Mutex<CircuitBreaker>,
    /// Failures since the relay last answered as it should.
    failures: AtomicU32,
    /// Whether messages may be waiting for the relay to come back; so it is after a start.
    awaited: AtomicBool,
}

impl Lane {
    pub(super) fn new() -> Self {
        let breaker = BreakerSettings {
            window_calls: 20,
            calls_min: 5,
            failure_percent: 60,
            // How slow is too slow, the time of a call says.
            slow_percent: 100,
            slow_millis: i64::MAX,
            open_millis: OPEN_MILLIS,
            probes: 1,
            ..BreakerSettings::default()
        };
        Self {
            turns: Semaphore::new(CALLS_AT_ONCE),
            breaker: Mutex::new(CircuitBreaker::new(breaker)),
            failures: AtomicU32::new(0),
            awaited: AtomicBool::new(true),
        }
    }

    /// Makes a call, where one may be made now. How it ended counts from its end on.
    pub(super) async fn carry(&self, clock: &dyn Clock, call: impl Future<Output = Carried>) -> SendOutcome {
        let Ok(Ok(_turn)) = tokio::time::timeout(TURN_TIMEOUT, self.turns.acquire()).await else {
            return SendOutcome::Busy;
        };
        let permit = match self.breaker().admit(clock.now().millis()) {
            Admission::Allowed(permit) => permit,
            Admission::Refused { .. } => {
                return SendOutcome::Down { cause: "failed too often, and is left alone for a while".into() };
            }
        };
        let carried = match tokio::time::timeout(CALL_TIMEOUT, call).await {
            Ok(carried) => carried,
            Err(_) => Carried::Later("no answer in time".to_owned()),
        };
        let failed = matches!(carried, Carried::Later(_));
        let health = if failed { Outcome::Failure } else { Outcome::Success };
        self.breaker().record(permit, health, 0, clock.now().millis());
        if !failed {
            self.failures.store(0, Ordering::Release);
        }
        match carried {
            Carried::Taken if self.awaited.swap(false, Ordering::AcqRel) => SendOutcome::TakenAgain,
            Carried::Taken => SendOutcome::Taken,
            Carried::Refused(cause) => SendOutcome::Impossible { cause },
            Carried::Later(cause) => {
                self.awaited.store(true, Ordering::Release);
                if self.failures.fetch_add(1, Ordering::AcqRel) < FAILURES_UNTIL_DOWN {
                    SendOutcome::Failed { cause, taken_by: vec![] }
                } else {
                    SendOutcome::Down { cause }
                }
            }
        }
    }

    fn breaker(&self) -> MutexGuard<'_, CircuitBreaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kernel::{ManualClock, Timestamp};

    use super::*;

    /// A lane to a relay that took so long to fail each time, until it is left alone, and the time by then.
    async fn left_alone(millis: i64) -> (Lane, ManualClock) {
        let (lane, clock) = (Lane::new(), ManualClock::at(Timestamp::from_millis(1_800_000_000_000)));
        for _ in 0..5 {
            let fail = async {
                clock.advance_millis(millis);
                Carried::Later("no answer in time".to_owned())
            };
            lane.carry(&clock, fail).await;
        }
        (lane, clock)
    }

    fn is_held(outcome: &SendOutcome) -> bool {
        matches!(outcome, SendOutcome::Down { cause } if cause.starts_with("failed too often"))
    }

    #[tokio::test]
    async fn while_one_message_looks_whether_the_relay_is_back_no_other_does() {
        let (lane, clock) = left_alone(0).await;
        clock.advance_millis(OPEN_MILLIS);
        let call = i64::try_from(CALL_TIMEOUT.as_millis()).unwrap_or(i64::MAX);
        let look = async {
            clock.advance_millis(call - 1);
            let other = lane.carry(&clock, async { Carried::Taken }).await;
            assert!(is_held(&other), "{other:?}");
            Carried::Taken
        };
        assert_eq!(lane.carry(&clock, look).await, SendOutcome::TakenAgain);
    }

    #[tokio::test]
    async fn a_relay_is_left_alone_from_the_end_of_the_call_that_failed() {
        let (lane, clock) = left_alone(3_000).await;
        clock.advance_millis(OPEN_MILLIS - 1);
        let early = lane.carry(&clock, async { Carried::Taken }).await;
        assert!(is_held(&early), "{early:?}");
        clock.advance_millis(1);
        assert_eq!(lane.carry(&clock, async { Carried::Taken }).await, SendOutcome::TakenAgain);
    }
}
