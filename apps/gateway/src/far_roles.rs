//! The way to roles that other processes hold.
//!
//! Each role has a breaker, a bulkhead and a budget of its own: one that hangs takes down what needs it
//! and nothing else. A request that only reads is made a second time where the first broke off; one
//! that may change something never is: its client does that, with its key.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use edge::breaker::{Admission, BreakerSettings, BreakerState, CircuitBreaker, Outcome};
use edge::bulkhead::Bulkhead;
use edge::forward::Forwarder;
use edge::problem::{Problem, ProblemKind};
use http::{Extensions, HeaderMap, Method, Uri};
use kernel::Clock;

use crate::retry_budget::RetryBudget;

/// Most requests to one role that wait for the head of an answer.
const UNDER_WAY_MAX: usize = 1_024;
/// How long a second try waits for a role that is just being taken up by another process.
const RETRY_AFTER: Duration = Duration::from_millis(50);
/// From how long on a wait that was given up speaks against the role, at most; a client that hangs up sooner
/// says nothing of it.
const PATIENCE_MILLIS: i64 = 5_000;

/// Passes requests on; clones share breakers and budgets.
#[derive(Clone)]
pub struct FarRoles {
    forwarder: Forwarder,
    ways: Arc<Mutex<BTreeMap<&'static str, Way>>>,
    clock: Arc<dyn Clock>,
    patience_millis: i64,
}

impl fmt::Debug for FarRoles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FarRoles")
    }
}

struct Way {
    breaker: CircuitBreaker,
    bulkhead: Bulkhead,
    budget: RetryBudget,
}

/// How the way to a role stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FarRoleState {
    /// Whose.
    pub role: &'static str,
    /// Whether requests are passed on.
    pub breaker: BreakerState,
}

/// A request once more: everything of it but a body.
struct Again {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
}

impl Again {
    /// What can be asked again: requests that only read, and carry nothing.
    fn of(request: &Request) -> Option<Self> {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let is_empty = http_body::Body::is_end_stream(request.body());
        (reads && is_empty).then(|| Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            extensions: request.extensions().clone(),
        })
    }

    fn request(self) -> Request {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = self.method;
        *request.uri_mut() = self.uri;
        *request.headers_mut() = self.headers;
        *request.extensions_mut() = self.extensions;
        request
    }
}

impl FarRoles {
    /// Ways to roles, none of them gone yet.
    #[must_use]
    pub fn new(forwarder: Forwarder, clock: Arc<dyn Clock>) -> Self {
        Self { forwarder, ways: Arc::default(), clock, patience_millis: PATIENCE_MILLIS }
    }

    /// The same where waits are given up after so long: one that came near it speaks against the role.
    #[must_use]
    pub fn given_up_after(self, millis: u32) -> Self {
        Self { patience_millis: PATIENCE_MILLIS.min(i64::from(millis) * 9 / 10), ..self }
    }

    /// How the ways that were gone stand.
    #[must_use]
    pub fn states(&self) -> Vec<FarRoleState> {
        let now = self.clock.now().millis();
        let mut ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        let state =
            |(role, way): (&&'static str, &mut Way)| FarRoleState { role, breaker: way.breaker.state(now) };
        ways.iter_mut().map(state).collect()
    }

    /// Passes a request on to whoever holds a role. `holder` says who that is, and is asked again
    /// before a second try.
    pub async fn forward(
        &self,
        request: Request,
        role: &'static str,
        holder: impl Fn() -> Option<SocketAddr>,
    ) -> Response {
        let again = Again::of(&request);
        self.with(role, |way| way.budget.earn());
        let first = self.once(request, role, holder()).await;
        let response = match (first, again) {
            (Err(problem), Some(again))
                if broke_off(&problem) && self.with(role, |way| way.budget.spend()) =>
            {
                tokio::time::sleep(RETRY_AFTER).await;
                self.once(again.request(), role, holder()).await
            }
            (outcome, _) => outcome,
        };
        response.unwrap_or_else(IntoResponse::into_response)
    }

    async fn once(
        &self,
        request: Request,
        role: &'static str,
        holder: Option<SocketAddr>,
    ) -> Result<Response, Problem> {
        let Some(holder) = holder else {
            return Err(
                Problem::of(ProblemKind::NotHeldHere).detail(format!("no process holds the role {role}"))
            );
        };
        let began_at = self.clock.now().millis();
        let (admission, slot) = self.with(role, |way| (way.breaker.admit(began_at), way.bulkhead.take()));
        let permit = match (admission, &slot) {
            (Admission::Allowed(permit), Some(_)) => permit,
            (Admission::Allowed(permit), None) => {
                self.with(role, |way| way.breaker.release(permit));
                return Err(
                    Problem::of(ProblemKind::Overloaded).detail(format!("{role} has too much under way"))
                );
            }
            (Admission::Refused { retry_after_millis }, _) => {
                let seconds = u32::try_from(retry_after_millis.div_euclid(1_000) + 1).unwrap_or(u32::MAX);
                let problem = Problem::of(ProblemKind::NeighbourUnavailable);
                return Err(problem.detail(format!("{role} has not been well")).retry_after_seconds(seconds));
            }
        };
        let ticket = Ticket { roles: self, role, began_at, permit: Some(permit) };
        let outcome = self.forwarder.forward(request, holder, role).await;
        ticket.done(&outcome);
        outcome
    }

    fn with<T>(&self, role: &'static str, work: impl FnOnce(&mut Way) -> T) -> T {
        let mut ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        work(ways.entry(role).or_insert_with(|| Way {
            breaker: CircuitBreaker::new(settings()),
            bulkhead: Bulkhead::new(UNDER_WAY_MAX),
            budget: RetryBudget::default(),
        }))
    }
}

/// A role that hangs is noticed by requests that nobody waits for any longer. Slow ones do not count:
/// how long an answer may take is the route's own matter.
fn settings() -> BreakerSettings {
    BreakerSettings {
        slow_percent: 100,
        slow_millis: i64::MAX,
        open_millis: 1_000,
        ..BreakerSettings::default()
    }
}

/// Whether the request may not have been heard, or its answer was lost on the way.
fn broke_off(problem: &Problem) -> bool {
    matches!(problem.kind(), ProblemKind::NotHeldHere | ProblemKind::NeighbourUnavailable)
}

/// The right to one call, given back however the call ends.
struct Ticket<'a> {
    roles: &'a FarRoles,
    role: &'static str,
    began_at: i64,
    permit: Option<edge::breaker::Permit>,
}

impl Ticket<'_> {
    fn done(mut self, outcome: &Result<Response, Problem>) {
        match outcome {
            Err(problem) if problem.kind() == ProblemKind::NeighbourUnavailable => {
                self.record(Outcome::Failure)
            }
            // Nobody there says so at once: no breaker is needed, and none must be in the way when
            // somebody is.
            Err(_) => self.release(),
            Ok(_) => self.record(Outcome::Success),
        }
    }

    fn record(&mut self, outcome: Outcome) {
        if let Some(permit) = self.permit.take() {
            let (now, began_at) = (self.roles.clock.now().millis(), self.began_at);
            self.roles.with(self.role, |way| way.breaker.record(permit, outcome, now - began_at, now));
        }
    }
}

impl Ticket<'_> {
    fn release(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.roles.with(self.role, |way| way.breaker.release(permit));
        }
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        if self.roles.clock.now().millis() - self.began_at >= self.roles.patience_millis {
            self.record(Outcome::Failure);
        } else {
            self.release();
        }
    }
}
