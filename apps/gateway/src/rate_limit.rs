//! How often somebody may ask: a leaking bucket (GCRA) per address and per subject.
//!
//! The answer says how much is left (`RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset`, of
//! the bucket that is emptier); who asks too often gets 429 with `Retry-After`, and nothing of the
//! request is read.

use std::fmt;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use edge::actor::{ActorHeader, ActorRole};
use edge::authority::Credentials;
use edge::problem::{Problem, ProblemKind};
use governor::clock;
use governor::middleware::{NoOpMiddleware, StateInformationMiddleware};
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use http::{HeaderMap, HeaderName, HeaderValue};
use kernel::Clock;

use crate::ClientAddress;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// How often buckets that have filled up again are forgotten.
const FORGET_EVERY_MILLIS: i64 = 10_000;

type Buckets<K> = RateLimiter<K, DashMapStateStore<K>, InjectedClock, StateInformationMiddleware>;

/// The buckets of everybody who has asked lately.
pub struct RateLimits {
    quota: Quota,
    addresses: Buckets<IpAddr>,
    subjects: Buckets<Box<str>>,
    clock: InjectedClock,
    refused: AtomicU64,
    forget_at_millis: AtomicI64,
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimits").field("quota", &self.quota).finish_non_exhaustive()
    }
}

/// What a bucket says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    remaining: u32,
    /// How long to wait; `None` where the request may pass.
    wait: Option<Duration>,
}

impl RateLimits {
    /// Limits of so many requests a minute, of which so many may come at once.
    #[must_use]
    pub fn new(per_minute: NonZeroU32, at_once: Option<NonZeroU32>, clock: Arc<dyn Clock>) -> Self {
        let at_once = at_once.or(NonZeroU32::new(per_minute.get() / 10)).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(per_minute).allow_burst(at_once);
        let clock = InjectedClock(clock);
        Self {
            quota,
            addresses: buckets(quota, &clock),
            subjects: buckets(quota, &clock),
            clock,
            refused: AtomicU64::new(0),
            forget_at_millis: AtomicI64::new(0),
        }
    }

    /// How many requests were refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Takes one request out of the buckets of whoever asks; the emptier one speaks. A request that the
    /// address may not make costs the subject nothing.
    fn take(&self, address: Option<IpAddr>, subject: Option<&str>) -> Option<Standing> {
        self.forget_the_rested();
        let of_address = address.map(|address| standing(&self.addresses, &address, &self.clock));
        if of_address.is_some_and(|standing| standing.wait.is_some()) {
            return of_address;
        }
        let of_subject = subject.map(|subject| standing(&self.subjects, &subject.into(), &self.clock));
        match (of_address, of_subject) {
            (Some(one), Some(other)) if other.wait.is_none() && one.remaining <= other.remaining => Some(one),
            (one, other) => other.or(one),
        }
    }

    /// A bucket that is full again says nothing: memory is what has asked lately.
    fn forget_the_rested(&self) {
        let now = self.clock.0.now().millis();
        let due = self.forget_at_millis.load(Ordering::Relaxed);
        let next = now.saturating_add(FORGET_EVERY_MILLIS);
        if now >= due
            && self.forget_at_millis.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            self.addresses.retain_recent();
            self.subjects.retain_recent();
        }
    }

    /// Says in an answer how whoever asked stands.
    pub(crate) fn told(&self, standing: Option<Standing>, mut response: Response) -> Response {
        if let Some(standing) = standing {
            self.say(standing, response.headers_mut());
        }
        response
    }

    fn say(&self, standing: Standing, headers: &mut HeaderMap) {
        let burst = self.quota.burst_size().get();
        let missing = burst.saturating_sub(standing.remaining);
        let reset = self.quota.replenish_interval().saturating_mul(missing);
        headers.insert(LIMIT, HeaderValue::from(burst));
        headers.insert(REMAINING, HeaderValue::from(standing.remaining));
        headers.insert(RESET, HeaderValue::from(whole_seconds(reset)));
    }
}

fn buckets<K: Hash + Eq + Clone>(quota: Quota, clock: &InjectedClock) -> Buckets<K> {
    let silent: RateLimiter<K, _, _, NoOpMiddleware<Nanos>> =
        RateLimiter::new(quota, DashMapStateStore::default(), clock.clone());
    silent.with_middleware()
}

fn standing<K: Hash + Eq + Clone>(buckets: &Buckets<K>, key: &K, clock: &InjectedClock) -> Standing {
    match buckets.check_key(key) {
        Ok(state) => Standing { remaining: state.remaining_burst_capacity(), wait: None },
        Err(not_until) => {
            Standing { remaining: 0, wait: Some(not_until.wait_time_from(clock::Clock::now(clock))) }
        }
    }
}

/// Rounded up: whoever waits so long is let in.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

/// Lets a request pass, or refuses it and says when to come back.
pub(crate) fn limit(limits: &RateLimits, request: &Request) -> ControlFlow<Response, Option<Standing>> {
    let address = request.extensions().get::<ClientAddress>().map(|address| address.neighbourhood());
    let subject = subject(request);
    let standing = limits.take(address, subject.as_deref());
    let Some(wait) = standing.and_then(|standing| standing.wait) else {
        return ControlFlow::Continue(standing);
    };
    limits.refused.fetch_add(1, Ordering::Relaxed);
    let seconds = u32::try_from(whole_seconds(wait).max(1)).unwrap_or(u32::MAX);
    let refused = Problem::of(ProblemKind::TooManyRequests).retry_after_seconds(seconds).into_response();
    ControlFlow::Break(limits.told(standing, refused))
}

/// Who asks, as far as it is known: the name behind a token that is believed, or who the header says
/// acts where nobody asks for tokens. A header that cannot be read is refused by the route.
fn subject(request: &Request) -> Option<Box<str>> {
    if let Some(credentials) = request.extensions().get::<Credentials>() {
        return credentials.name().map(Into::into);
    }
    let actor = ActorHeader::from_headers(request.headers()).ok();
    actor.filter(|actor| actor.role() != ActorRole::Anonymous).map(|actor| actor.as_str().into())
}

/// The program's clock, as the buckets read it.
#[derive(Clone)]
struct InjectedClock(Arc<dyn Clock>);

impl clock::Clock for InjectedClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Duration::from_millis(u64::try_from(self.0.now().millis()).unwrap_or(0)).into()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use kernel::{ManualClock, Timestamp};

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));

    fn sixty_a_minute(at_once: u32) -> (Arc<ManualClock>, RateLimits) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000)));
        let limits = RateLimits::new(NonZeroU32::new(60).unwrap(), NonZeroU32::new(at_once), clock.clone());
        (clock, limits)
    }

    fn passes(limits: &RateLimits, address: Option<IpAddr>, subject: Option<&str>) -> bool {
        limits.take(address, subject).unwrap().wait.is_none()
    }

    #[test]
    fn as_many_as_may_come_at_once_pass_and_then_one_a_second() {
        let (clock, limits) = sixty_a_minute(3);
        let taken: Vec<bool> = (0..5).map(|_| passes(&limits, Some(HERE), None)).collect();
        assert_eq!(taken, [true, true, true, false, false]);
        clock.advance_millis(1_000);
        assert!(passes(&limits, Some(HERE), None));
        assert!(!passes(&limits, Some(HERE), None));
    }

    #[test]
    fn whoever_waits_as_long_as_is_said_is_let_in() {
        let (clock, limits) = sixty_a_minute(1);
        assert!(passes(&limits, Some(HERE), None));
        let wait = limits.take(Some(HERE), None).unwrap().wait.unwrap();
        clock.advance_millis(i64::try_from(whole_seconds(wait)).unwrap() * 1_000);
        assert!(passes(&limits, Some(HERE), None));
    }

    #[test]
    fn somebody_else_is_not_held_up() {
        let (_clock, limits) = sixty_a_minute(1);
        let there = "203.0.113.10".parse().unwrap();
        assert!(passes(&limits, Some(HERE), Some("customer:1")));
        assert!(!passes(&limits, Some(HERE), Some("customer:2")), "the same address");
        assert!(!passes(&limits, Some(there), Some("customer:1")), "the same subject");
        assert!(passes(&limits, Some("203.0.113.11".parse().unwrap()), Some("customer:3")));
    }

    #[test]
    fn the_subject_is_whom_the_token_names_and_never_whom_a_header_does_beside_it() {
        let mut request =
            Request::builder().header("jumun-actor", "customer:1").body(axum::body::Body::empty()).unwrap();
        assert_eq!(subject(&request).as_deref(), Some("customer:1"));
        request.extensions_mut().insert(Credentials::Nobody);
        assert_eq!(subject(&request), None);
        let kim = edge::principal::Principal { name: "kim".into(), grants: Vec::new() };
        request.extensions_mut().insert(Credentials::Known(Arc::new(kim)));
        assert_eq!(subject(&request).as_deref(), Some("kim"));
    }

    #[test]
    fn a_bucket_that_is_full_again_is_forgotten() {
        let (clock, limits) = sixty_a_minute(1);
        for name in 0..100 {
            limits.take(None, Some(&format!("customer:{name}")));
        }
        assert_eq!(limits.subjects.len(), 100);
        clock.advance_millis(FORGET_EVERY_MILLIS + 60_000);
        limits.take(None, Some("customer:late"));
        assert_eq!(limits.subjects.len(), 1);
    }

    #[test]
    fn the_answer_says_what_is_left() {
        let (_clock, limits) = sixty_a_minute(3);
        let mut headers = HeaderMap::new();
        limits.say(limits.take(Some(HERE), None).unwrap(), &mut headers);
        let said = |name| headers.get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!((said(LIMIT), said(REMAINING), said(RESET)), ("3".into(), "2".into(), "1".into()));
    }
}
