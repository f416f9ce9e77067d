//! What every connection is doing, and since when: written by the connection with one atomic
//! store, read by the one watcher.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures::task::AtomicWaker;
use tokio::time::Instant;

use crate::listener::ListenerSettings;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    /// Connected, nothing has come yet.
    Fresh = 0,
    /// A part of a head has come.
    Head = 1,
    /// A request is being answered.
    Serving = 2,
    /// Between requests.
    Idle = 3,
}

/// What a connection is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Order {
    /// Nothing.
    None = 0,
    /// Answer what is under way, then end.
    Drain = 1,
    /// End now.
    End = 2,
}

/// The pulse of one connection.
#[derive(Debug)]
pub(crate) struct Pulse {
    /// Milliseconds since the listener began, times 4, plus the phase: read as one.
    phase_since: AtomicU64,
    /// Whether something waits to be read by the client, and since when (plus 1; 0 is no).
    unread_since: AtomicU64,
    order: AtomicU8,
    waker: AtomicWaker,
    time: Arc<Time>,
}

impl Pulse {
    fn new(time: Arc<Time>) -> Self {
        let pulse = Self {
            phase_since: AtomicU64::new(0),
            unread_since: AtomicU64::new(0),
            order: AtomicU8::new(Order::None as u8),
            waker: AtomicWaker::new(),
            time,
        };
        pulse.enter(Phase::Fresh);
        pulse
    }

    pub(crate) fn enter(&self, phase: Phase) {
        let packed = self.time.coarse_millis() << 2 | phase as u64;
        self.phase_since.store(packed, Ordering::Release);
    }

    fn unpack(packed: u64) -> (Phase, u64) {
        let phase = match packed & 3 {
            0 => Phase::Fresh,
            1 => Phase::Head,
            2 => Phase::Serving,
            _ => Phase::Idle,
        };
        (phase, packed >> 2)
    }

    /// Bytes have come: outside of a request they begin a head.
    pub(crate) fn bytes_came(&self) {
        let (phase, since) = Self::unpack(self.phase_since.load(Ordering::Acquire));
        match phase {
            // The time of the first head runs from the connection on.
            Phase::Fresh => {
                let packed = since << 2 | Phase::Head as u64;
                self.phase_since.store(packed, Ordering::Release);
            }
            Phase::Idle => self.enter(Phase::Head),
            Phase::Head | Phase::Serving => {}
        }
    }

    /// The client does not take what is sent.
    pub(crate) fn write_waits(&self) {
        if self.unread_since.load(Ordering::Relaxed) == 0 {
            let since = self.time.coarse_millis() + 1;
            self.unread_since.store(since, Ordering::Relaxed);
        }
    }

    /// The client took something. What is left of an answer may leave after hyper has let go of
    /// its body: the time between requests begins when the last of it has left.
    pub(crate) fn write_went(&self) {
        if self.unread_since.load(Ordering::Relaxed) != 0 {
            self.unread_since.store(0, Ordering::Relaxed);
        }
        if Self::unpack(self.phase_since.load(Ordering::Acquire)).0 == Phase::Idle {
            self.enter(Phase::Idle);
        }
    }

    /// Whether the connection has been doing one thing for too long. The times that connections
    /// note are up to `coarseness` early, so that much is forgiven.
    pub(crate) fn overstays(
        &self,
        now_millis: u64,
        settings: &ListenerSettings,
        coarseness: Duration,
    ) -> bool {
        let over = |since: u64, limit: Duration| {
            Duration::from_millis(now_millis.saturating_sub(since)) > limit + coarseness
        };
        let unread_since = self.unread_since.load(Ordering::Relaxed);
        if unread_since != 0 {
            return over(unread_since - 1, settings.write_timeout);
        }
        let (phase, since) = Self::unpack(self.phase_since.load(Ordering::Acquire));
        match phase {
            Phase::Fresh | Phase::Head => over(since, settings.head_timeout),
            Phase::Idle => over(since, settings.idle_timeout),
            Phase::Serving => false,
        }
    }

    /// What the connection is told to do; `cx` is woken when it is told something else.
    pub(crate) fn poll_order(&self, cx: &std::task::Context<'_>) -> Order {
        // First the waker, then the look: an order in between wakes.
        self.waker.register(cx.waker());
        match self.order.load(Ordering::Acquire) {
            0 => Order::None,
            1 => Order::Drain,
            _ => Order::End,
        }
    }

    fn tell(&self, order: Order) {
        self.order.fetch_max(order as u8, Ordering::AcqRel);
        self.waker.wake();
    }
}

/// Time for connections: told by the watcher, read by everybody for nothing.
#[derive(Debug)]
struct Time {
    began: Instant,
    coarse_millis: AtomicU64,
}

impl Time {
    fn coarse_millis(&self) -> u64 {
        self.coarse_millis.load(Ordering::Relaxed)
    }
}

/// All pulses of one listener.
#[derive(Debug)]
pub(crate) struct Pulses {
    time: Arc<Time>,
    live: Mutex<Live>,
}

#[derive(Debug, Default)]
struct Live {
    next: u64,
    pulses: BTreeMap<u64, Weak<Pulse>>,
}

impl Pulses {
    pub(crate) fn new() -> Self {
        Self {
            time: Arc::new(Time { began: Instant::now(), coarse_millis: AtomicU64::new(0) }),
            live: Mutex::default(),
        }
    }

    /// A pulse for a new connection; it is forgotten when the connection drops it.
    pub(crate) fn begin(&self) -> Arc<Pulse> {
        let pulse = Arc::new(Pulse::new(Arc::clone(&self.time)));
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        let id = live.next;
        live.next += 1;
        live.pulses.insert(id, Arc::downgrade(&pulse));
        pulse
    }

    /// Tells the connections what time it is.
    pub(crate) fn tell_time(&self) -> u64 {
        let millis = u64::try_from(self.time.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.time.coarse_millis.store(millis, Ordering::Relaxed);
        millis
    }

    /// Gives an order to every connection that `which` is true of.
    pub(crate) fn order(&self, order: Order, which: impl Fn(&Pulse) -> bool) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.pulses.retain(|_, pulse| {
            let Some(pulse) = pulse.upgrade() else {
                return false;
            };
            if which(&pulse) {
                pulse.tell(order);
            }
            true
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Duration = Duration::ZERO;

    fn at(pulses: &Pulses, millis: u64) {
        pulses.time.coarse_millis.store(millis, Ordering::Relaxed);
    }

    #[test]
    fn the_first_head_is_timed_from_the_connection_and_later_ones_from_their_first_byte() {
        let (pulses, settings) = (Pulses::new(), ListenerSettings::default());
        let pulse = pulses.begin();
        at(&pulses, 4_000);
        pulse.bytes_came();
        assert!(!pulse.overstays(5_000, &settings, NONE));
        assert!(pulse.overstays(5_001, &settings, NONE));

        pulse.enter(Phase::Serving);
        pulse.enter(Phase::Idle);
        at(&pulses, 20_000);
        pulse.bytes_came();
        at(&pulses, 24_000);
        pulse.bytes_came();

        assert!(!pulse.overstays(25_000, &settings, NONE));
        assert!(pulse.overstays(25_001, &settings, NONE));
    }

    #[test]
    fn a_request_may_be_served_for_as_long_as_it_takes_while_the_client_reads() {
        let (pulses, settings) = (Pulses::new(), ListenerSettings::default());
        let pulse = pulses.begin();
        pulse.enter(Phase::Serving);
        assert!(!pulse.overstays(u64::MAX >> 2, &settings, NONE));

        pulse.write_waits();
        assert!(pulse.overstays(30_001, &settings, NONE));
        pulse.write_went();

        assert!(!pulse.overstays(30_001, &settings, NONE));
    }

    #[test]
    fn an_idle_connection_is_ended_after_the_idle_timeout() {
        let (pulses, settings) = (Pulses::new(), ListenerSettings::default());
        let pulse = pulses.begin();
        pulse.enter(Phase::Idle);

        assert!(!pulse.overstays(30_000, &settings, NONE));
        assert!(pulse.overstays(30_001, &settings, NONE));
    }

    #[test]
    fn a_connection_that_is_gone_is_forgotten() {
        let pulses = Pulses::new();
        drop(pulses.begin());

        pulses.order(Order::Drain, |_| true);

        let live = pulses.live.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(live.pulses.is_empty());
    }
}
