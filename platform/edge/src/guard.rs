//! What stands around a call to a neighbour: bulkhead, breaker, timeout.
//!
//! The work runs as a task of its own. Giving up the wait - because the time is over or because
//! the client hung up - never cancels it: it goes on, keeps its slot, and what it commits stands.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::breaker::{Admission, BreakerSettings, BreakerState, CircuitBreaker, Outcome, Permit};
use crate::bulkhead::{Bulkhead, Slot};
use crate::problem::{Problem, ProblemKind};

/// Tells the time in milliseconds.
pub type NowMillis = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How a neighbour is guarded.
#[derive(Debug, Clone)]
pub struct GuardSettings {
    /// How many calls may be under way at a time.
    pub calls_max: usize,
    /// How long a caller waits, in milliseconds.
    pub timeout_millis: u64,
    /// When the breaker opens and closes.
    pub breaker: BreakerSettings,
}

impl Default for GuardSettings {
    fn default() -> Self {
        Self { calls_max: 256, timeout_millis: 3_000, breaker: BreakerSettings::default() }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// The breaker is open: the call was not made.
    Open {
        /// When to ask again.
        retry_after_millis: i64,
    },
    /// The bulkhead is full: the call was not made.
    Full,
    /// The time is over: the call goes on, its outcome is not known.
    TimedOut,
    /// The call broke off inside: its outcome is not known.
    BrokeOff,
}

impl NoAnswer {
    /// Whether the call was made at all. If not, nothing has happened.
    #[must_use]
    pub fn was_made(self) -> bool {
        matches!(self, Self::TimedOut | Self::BrokeOff)
    }

    /// When asking again makes sense, in whole seconds.
    #[must_use]
    pub fn retry_after_seconds(self) -> u32 {
        match self {
            Self::Open { retry_after_millis } => {
                let seconds = retry_after_millis.saturating_add(999) / 1_000;
                u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)
            }
            Self::Full | Self::TimedOut | Self::BrokeOff => 1,
        }
    }

    /// The answer to the client, for this kind of problem.
    #[must_use]
    pub fn problem(self, kind: ProblemKind) -> Problem {
        Problem::of(kind).detail(self.to_string()).retry_after_seconds(self.retry_after_seconds())
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open { .. } => "not asked: it has been failing",
            Self::Full => "not asked: too many calls are under way",
            Self::TimedOut => "no answer in time",
            Self::BrokeOff => "the call broke off",
        })
    }
}

impl std::error::Error for NoAnswer {}

/// The guard of one neighbour; clones share slots and breaker.
#[derive(Clone)]
pub struct Guard {
    bulkhead: Bulkhead,
    breaker: Arc<Mutex<CircuitBreaker>>,
    timeout: Duration,
    now: NowMillis,
}

impl Guard {
    /// A guard with a closed breaker and all slots free.
    #[must_use]
    pub fn new(settings: GuardSettings, now: NowMillis) -> Self {
        Self {
            bulkhead: Bulkhead::new(settings.calls_max),
            breaker: Arc::new(Mutex::new(CircuitBreaker::new(settings.breaker))),
            timeout: Duration::from_millis(settings.timeout_millis),
            now,
        }
    }

    /// Makes a call. `judge` says whether what came back counts against the neighbour; an answer
    /// like "declined" does not.
    ///
    /// # Errors
    /// [`NoAnswer`]; see [`NoAnswer::was_made`] for whether the call happened.
    pub async fn call<T, W>(
        &self,
        judge: impl FnOnce(&T) -> Outcome + Send + 'static,
        work: W,
    ) -> Result<T, NoAnswer>
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        let slot = self.bulkhead.take().ok_or(NoAnswer::Full)?;
        let ticket = self.ticket()?;
        let (answer, wait) = oneshot::channel();
        tokio::spawn(see_through(work, judge, self.timeout, slot, ticket, answer));
        wait.await.unwrap_or(Err(NoAnswer::BrokeOff))
    }

    /// The state of the breaker now.
    #[must_use]
    pub fn state(&self) -> BreakerState {
        let now = (self.now)();
        lock(&self.breaker).state(now)
    }

    /// How many calls are under way, those included that nobody waits for any more.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.bulkhead.taken()
    }

    fn ticket(&self) -> Result<Ticket, NoAnswer> {
        let now = (self.now)();
        match lock(&self.breaker).admit(now) {
            Admission::Allowed(permit) => Ok(Ticket {
                breaker: Arc::clone(&self.breaker),
                now: Arc::clone(&self.now),
                begun: now,
                permit: Some(permit),
            }),
            Admission::Refused { retry_after_millis } => Err(NoAnswer::Open { retry_after_millis }),
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("state", &self.state())
            .field("under_way", &self.under_way())
            .finish_non_exhaustive()
    }
}

/// Runs the work to its end, whoever waits; tells the breaker as soon as the verdict is clear.
async fn see_through<T, W: Future<Output = T>>(
    work: W,
    judge: impl FnOnce(&T) -> Outcome,
    timeout: Duration,
    slot: Slot,
    mut ticket: Ticket,
    answer: oneshot::Sender<Result<T, NoAnswer>>,
) {
    let mut work = pin!(work);
    match tokio::time::timeout(timeout, work.as_mut()).await {
        Ok(value) => {
            ticket.record(judge(&value));
            // The caller sees its slot free again.
            drop(slot);
            let _gone = answer.send(Ok(value));
        }
        Err(_elapsed) => {
            ticket.record(Outcome::Failure);
            let _gone = answer.send(Err(NoAnswer::TimedOut));
            work.await;
            drop(slot);
        }
    }
}

/// A permit that cannot be lost: a call that panics, or whose runtime ends, is a failure.
struct Ticket {
    breaker: Arc<Mutex<CircuitBreaker>>,
    now: NowMillis,
    begun: i64,
    permit: Option<Permit>,
}

impl Ticket {
    fn record(&mut self, outcome: Outcome) {
        if let Some(permit) = self.permit.take() {
            let now = (self.now)();
            let duration = now.saturating_sub(self.begun);
            lock(&self.breaker).record(permit, outcome, duration, now);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.record(Outcome::Failure);
    }
}

/// The breaker is whole after every step, also one that panicked.
fn lock(breaker: &Mutex<CircuitBreaker>) -> std::sync::MutexGuard<'_, CircuitBreaker> {
    breaker.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use std::future::{pending, ready};
    use std::sync::atomic::{AtomicI64, Ordering};

    fn guard(calls_max: usize) -> (Guard, Arc<AtomicI64>) {
        let time = Arc::new(AtomicI64::new(0));
        let clock = Arc::clone(&time);
        let settings = GuardSettings {
            calls_max,
            timeout_millis: 20,
            breaker: BreakerSettings {
                calls_min: 2,
                window_calls: 10,
                probes: 1,
                ..BreakerSettings::default()
            },
        };
        (Guard::new(settings, Arc::new(move || clock.load(Ordering::SeqCst))), time)
    }

    fn judge(answer: &Result<u8, ()>) -> Outcome {
        answer.map_or(Outcome::Failure, |_| Outcome::Success)
    }

    #[tokio::test]
    async fn a_good_call_gives_its_answer_and_its_slot_back() {
        let (guard, _) = guard(1);

        for n in 0..3 {
            assert_eq!(guard.call(judge, ready(Ok(n))).await, Ok(Ok(n)));
        }
        assert_eq!(guard.under_way(), 0);
    }

    #[tokio::test]
    async fn failures_open_the_breaker_and_a_good_probe_closes_it() {
        let (guard, time) = guard(8);
        for _ in 0..2 {
            let _failed = guard.call(judge, ready(Err(()))).await;
        }

        let refused = guard.call(judge, ready(Ok(1))).await;
        assert_eq!(refused, Err(NoAnswer::Open { retry_after_millis: 5_000 }));
        assert!(!refused.unwrap_err().was_made());

        time.store(5_000, Ordering::SeqCst);
        assert_eq!(guard.call(judge, ready(Ok(1))).await, Ok(Ok(1)));
        assert_eq!(guard.state(), BreakerState::Closed);
    }

    #[tokio::test]
    async fn a_timeout_abandons_the_wait_and_never_the_work() {
        let (guard, _) = guard(1);
        let (open, gate) = oneshot::channel::<()>();
        let (done, finished) = oneshot::channel();

        let answer = guard
            .call(judge, async move {
                let _opened = gate.await;
                let _ = done.send(());
                Ok(1)
            })
            .await;

        assert_eq!(answer, Err(NoAnswer::TimedOut));
        assert_eq!(guard.under_way(), 1);
        assert_eq!(guard.call(judge, ready(Ok(1))).await, Err(NoAnswer::Full));
        open.send(()).unwrap();
        finished.await.unwrap();
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_does_not_stop_the_work() {
        let (guard, _) = guard(1);
        let (open, gate) = oneshot::channel::<()>();
        let (done, finished) = oneshot::channel();
        let mut call = Box::pin(guard.call(judge, async move {
            let _opened = gate.await;
            let _ = done.send(());
            Ok(1)
        }));
        assert!(futures::poll!(call.as_mut()).is_pending());

        drop(call);
        open.send(()).unwrap();

        finished.await.unwrap();
    }

    #[tokio::test]
    async fn a_call_that_panics_breaks_off_and_counts_as_a_failure() {
        let (guard, _) = guard(8);
        for _ in 0..2 {
            let answer = guard.call(judge, async { panic!("planted") }).await;
            assert_eq!(answer, Err(NoAnswer::BrokeOff));
        }

        assert_eq!(guard.state(), BreakerState::Open);
    }

    #[tokio::test]
    async fn hung_calls_open_the_breaker() {
        let (guard, _) = guard(8);
        for _ in 0..2 {
            let _timed_out = guard.call(judge, pending()).await;
        }

        assert_eq!(guard.state(), BreakerState::Open);
        let problem =
            guard.call(judge, ready(Ok(1))).await.unwrap_err().problem(ProblemKind::PaymentUnavailable);
        assert_eq!(problem.document().retry_after_seconds, Some(5));
    }
}
