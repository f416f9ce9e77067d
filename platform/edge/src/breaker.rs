//! A circuit breaker as a pure state machine: time comes in with every call, nothing waits.
//!
//! ```text
//!            too many failed or slow              open_millis passed
//!   Closed ---------------------------> Open ---------------------------> HalfOpen
//!      ^                                  ^                                  |  |
//!      |                                  +------- one probe is bad ---------+  |
//!      +------------------------- all probes are good --------------------------+
//! ```
//!
//! Every entry into a state begins a *round*; the outcome of a call that was let through in an
//! earlier round changes nothing. Probes that are never heard of again do not keep the breaker
//! half open for ever: after `open_millis` without news a new round of probes begins.

use std::collections::VecDeque;

/// When a breaker opens and closes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakerSettings {
    /// How many of the last calls are looked at; at least 1.
    pub window_calls: usize,
    /// How long an outcome counts, in milliseconds.
    pub window_millis: i64,
    /// Fewer outcomes than this never open the breaker; at least 1.
    pub calls_min: usize,
    /// Opens when at least this share of the calls failed, 1 to 100.
    pub failure_percent: u8,
    /// Opens when at least this share of the calls was slow, 1 to 100.
    pub slow_percent: u8,
    /// From how long on a call is slow, in milliseconds.
    pub slow_millis: i64,
    /// How long the breaker stays open, in milliseconds.
    pub open_millis: i64,
    /// How many probes a round of half open lets through, all of which must be good; at least 1.
    pub probes: u32,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self {
            window_calls: 50,
            window_millis: 30_000,
            calls_min: 10,
            failure_percent: 50,
            slow_percent: 80,
            slow_millis: 1_000,
            open_millis: 5_000,
            probes: 3,
        }
    }
}

impl BreakerSettings {
    /// The same settings with every value inside its bounds.
    #[must_use]
    fn bounded(mut self) -> Self {
        self.window_calls = self.window_calls.max(1);
        self.calls_min = self.calls_min.clamp(1, self.window_calls);
        self.failure_percent = self.failure_percent.clamp(1, 100);
        self.slow_percent = self.slow_percent.clamp(1, 100);
        self.window_millis = self.window_millis.max(1);
        self.slow_millis = self.slow_millis.max(1);
        self.open_millis = self.open_millis.max(1);
        self.probes = self.probes.max(1);
        self
    }
}

/// How a call ended, as far as the other side's health goes: an answer such as "declined" or
/// "not found" is a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The other side answered.
    Success,
    /// It failed, broke off or did not answer in time.
    Failure,
}

/// The right to make one call; give it back with its outcome.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "record the outcome of the call, or release the permit"]
pub struct Permit {
    round: u64,
}

/// Whether a call may be made.
#[derive(Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Allowed(Permit),
    /// It may not; asking again makes sense after this time.
    Refused {
        /// In milliseconds, at least 1.
        retry_after_millis: i64,
    },
}

/// The state as it is shown to operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls are made.
    Closed,
    /// Calls are refused.
    Open,
    /// A few calls are made to see.
    HalfOpen,
}

impl BreakerState {
    /// The state as a word for logs and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

#[derive(Debug, Clone)]
enum State {
    Closed(Window),
    Open { until: i64 },
    HalfOpen { begun: u32, good: u32, until: i64 },
}

/// The breaker of one neighbour.
#[derive(Debug, Clone)]
pub struct CircuitBreaker {
    settings: BreakerSettings,
    state: State,
    round: u64,
    /// Its own time, which only goes forward, in milliseconds since it was made.
    now: i64,
    /// The latest reading of the clock.
    read: Option<i64>,
}

/// Callers read the clock a little before they come here: what is further back than this is a clock
/// that was set back, and time goes on from there. Without it an open breaker would wait until the
/// clock has caught up.
const SET_BACK_MILLIS: i64 = 1_000;

impl CircuitBreaker {
    /// A closed breaker; settings outside their bounds are moved inside.
    #[must_use]
    pub fn new(settings: BreakerSettings) -> Self {
        Self {
            settings: settings.bounded(),
            state: State::Closed(Window::default()),
            round: 0,
            now: 0,
            read: None,
        }
    }

    /// Asks for one call.
    pub fn admit(&mut self, now_millis: i64) -> Admission {
        self.advance(now_millis);
        let probes = self.settings.probes;
        match &mut self.state {
            State::Closed(_) => {}
            State::HalfOpen { begun, .. } if *begun < probes => *begun += 1,
            State::Open { until } | State::HalfOpen { until, .. } => {
                return Admission::Refused { retry_after_millis: until.saturating_sub(self.now).max(1) };
            }
        }
        Admission::Allowed(Permit { round: self.round })
    }

    /// Tells how a call ended and how long it took.
    pub fn record(&mut self, permit: Permit, outcome: Outcome, duration_millis: i64, now_millis: i64) {
        self.advance(now_millis);
        if permit.round != self.round {
            return;
        }
        let call = Call {
            at: self.now,
            failed: outcome == Outcome::Failure,
            slow: duration_millis >= self.settings.slow_millis,
        };
        match &mut self.state {
            State::Closed(window) => {
                window.push(call, &self.settings);
                if window.is_bad(&self.settings) {
                    self.open();
                }
            }
            State::HalfOpen { .. } if call.failed || call.slow => self.open(),
            State::HalfOpen { good, .. } => {
                *good += 1;
                if *good == self.settings.probes {
                    self.enter(State::Closed(Window::default()));
                }
            }
            // A round of open lets nothing through, so no permit is of it.
            State::Open { .. } => {}
        }
    }

    /// Gives a permit back whose call was never made; it counts for nothing.
    pub fn release(&mut self, permit: Permit) {
        if let State::HalfOpen { begun, .. } = &mut self.state
            && permit.round == self.round
        {
            *begun = begun.saturating_sub(1);
        }
    }

    /// The state at this time.
    pub fn state(&mut self, now_millis: i64) -> BreakerState {
        self.advance(now_millis);
        match self.state {
            State::Closed(_) => BreakerState::Closed,
            State::Open { .. } => BreakerState::Open,
            State::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    /// How many rounds there have been: grows with every change of state.
    #[must_use]
    pub fn rounds(&self) -> u64 {
        self.round
    }

    fn advance(&mut self, now_millis: i64) {
        let read = match self.read {
            Some(read) if read.saturating_sub(now_millis) <= SET_BACK_MILLIS => read,
            _ => now_millis,
        };
        self.now = self.now.saturating_add(now_millis.saturating_sub(read).max(0));
        self.read = Some(read.max(now_millis));
        match &mut self.state {
            State::Closed(window) => window.expire(self.now, self.settings.window_millis),
            State::Open { until } | State::HalfOpen { until, .. } if *until <= self.now => {
                let until = self.now.saturating_add(self.settings.open_millis);
                self.enter(State::HalfOpen { begun: 0, good: 0, until });
            }
            State::Open { .. } | State::HalfOpen { .. } => {}
        }
    }

    fn open(&mut self) {
        let until = self.now.saturating_add(self.settings.open_millis);
        self.enter(State::Open { until });
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.round += 1;
    }
}

#[derive(Debug, Clone, Copy)]
struct Call {
    at: i64,
    failed: bool,
    slow: bool,
}

/// The last calls with their sums, so that a call costs the same however long the window is.
#[derive(Debug, Clone, Default)]
struct Window {
    calls: VecDeque<Call>,
    failed: usize,
    slow: usize,
}

impl Window {
    fn push(&mut self, call: Call, settings: &BreakerSettings) {
        if self.calls.len() == settings.window_calls {
            self.drop_oldest();
        }
        self.failed += usize::from(call.failed);
        self.slow += usize::from(call.slow);
        self.calls.push_back(call);
    }

    fn expire(&mut self, now: i64, window_millis: i64) {
        while let Some(oldest) = self.calls.front()
            && now.saturating_sub(oldest.at) >= window_millis
        {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(call) = self.calls.pop_front() {
            self.failed -= usize::from(call.failed);
            self.slow -= usize::from(call.slow);
        }
    }

    fn is_bad(&self, settings: &BreakerSettings) -> bool {
        let calls = self.calls.len();
        calls >= settings.calls_min
            && (self.failed * 100 >= usize::from(settings.failure_percent) * calls
                || self.slow * 100 >= usize::from(settings.slow_percent) * calls)
    }
}

#[cfg(test)]
#[path = "breaker_tests.rs"]
mod tests;
