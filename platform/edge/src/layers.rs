//! What stands around every route, as one layer: request id, shedding, timeout, panics caught,
//! security headers, and every refusal turned into a problem.
//!
//! [`EdgeLayer`] does all of it with one future per request. A single route that needs less time
//! than the rest wears a [`RouteTimeout`] of its own.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::header::{
    ACCEPT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue};
use tokio::sync::Semaphore;
use tower::{Layer, Service};

use crate::problem::{Problem, ProblemKind, SentProblem};
use crate::request_id::{RequestId, RequestIds, X_REQUEST_ID};

/// Limits around the routes.
#[derive(Debug, Clone)]
pub struct EdgeSettings {
    /// Most requests under way at a time; more are shed with 503. Streams count only until
    /// their head is sent.
    pub in_flight_max: usize,
    /// How long a route may take until the head of its answer, in milliseconds; 0 for ever.
    pub timeout_millis: u64,
}

impl Default for EdgeSettings {
    fn default() -> Self {
        Self { in_flight_max: 4_096, timeout_millis: 30_000 }
    }
}

/// How long a request may take until the head of its answer, by what it asks; `None` for ever.
pub type TimeoutRule = Arc<dyn Fn(&Request) -> Option<Duration> + Send + Sync>;

/// The layer around all routes; clones share their limits.
#[derive(Clone)]
pub struct EdgeLayer {
    in_flight: Arc<Semaphore>,
    timeout: TimeoutRule,
    ids: Arc<RequestIds>,
}

impl EdgeLayer {
    /// A layer with these limits.
    #[must_use]
    pub fn new(settings: &EdgeSettings) -> Self {
        let in_flight = settings.in_flight_max.clamp(1, Semaphore::MAX_PERMITS);
        let timeout = timeout_of(settings.timeout_millis);
        Self {
            in_flight: Arc::new(Semaphore::new(in_flight)),
            timeout: Arc::new(move |_| timeout),
            ids: Arc::new(RequestIds::new()),
        }
    }

    /// The same, where what a request may take depends on the request.
    #[must_use]
    pub fn timed_by(self, timeout: TimeoutRule) -> Self {
        Self { timeout, ..self }
    }
}

impl fmt::Debug for EdgeLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EdgeLayer").field("in_flight", &self.in_flight).finish_non_exhaustive()
    }
}

impl<S> Layer<S> for EdgeLayer {
    type Service = EdgeService<S>;

    fn layer(&self, inner: S) -> EdgeService<S> {
        EdgeService { inner, edge: self.clone() }
    }
}

/// A service inside an [`EdgeLayer`].
#[derive(Debug, Clone)]
pub struct EdgeService<S> {
    inner: S,
    edge: EdgeLayer,
}

type Answering = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl<S> Service<Request> for EdgeService<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Answering {
        let id = self.edge.ids.of(request.headers());
        request.extensions_mut().insert(id.clone());
        // Looked at only if there is something to translate.
        let language = request.headers().get(ACCEPT_LANGUAGE).cloned();
        let Ok(place) = Arc::clone(&self.edge.in_flight).try_acquire_owned() else {
            let shed = Problem::of(ProblemKind::Overloaded).into_response();
            return Box::pin(std::future::ready(Ok(finish(shed, &id, language.as_ref()))));
        };
        let timeout = (self.edge.timeout)(&request);
        // Making the future may panic as well as running it.
        let answer = std::panic::catch_unwind(AssertUnwindSafe(|| self.inner.call(request)));
        Box::pin(async move {
            let response = match answer {
                Ok(answer) => guarded(answer, timeout, &id).await,
                Err(_panic) => panicked(&id),
            };
            drop(place);
            Ok(finish(response, &id, language.as_ref()))
        })
    }
}

/// Runs a route within its time and catches its panic.
async fn guarded(
    answer: impl Future<Output = Result<Response, Infallible>>,
    timeout: Option<Duration>,
    id: &RequestId,
) -> Response {
    let answer = AssertUnwindSafe(answer).catch_unwind();
    match within(timeout, answer).await {
        Some(Ok(Ok(response))) => response,
        Some(Err(_panic)) => panicked(id),
        None => Problem::of(ProblemKind::TookTooLong).into_response(),
    }
}

async fn within<T>(timeout: Option<Duration>, work: impl Future<Output = T>) -> Option<T> {
    match timeout {
        Some(timeout) => tokio::time::timeout(timeout, work).await.ok(),
        None => Some(work.await),
    }
}

/// The panic's text stays with the panic hook: it may hold anything.
fn panicked(id: &RequestId) -> Response {
    tracing::error!(request_id = id.as_str(), "a handler panicked");
    Problem::of(ProblemKind::Internal).into_response()
}

fn timeout_of(millis: u64) -> Option<Duration> {
    (millis > 0).then(|| Duration::from_millis(millis))
}

/// Turns bare refusals into problems, puts them into the client's language, adds the headers.
fn finish(response: Response, id: &RequestId, language: Option<&HeaderValue>) -> Response {
    let status = response.status();
    let mut response = if status.is_client_error() || status.is_server_error() {
        into_problem(response, language.is_some_and(prefers_korean))
    } else {
        response
    };
    let headers = response.headers_mut();
    headers.insert(X_REQUEST_ID, id.header_value());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Pages set policies of their own.
    let mut unless_set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    unless_set(X_FRAME_OPTIONS, "DENY");
    unless_set(REFERRER_POLICY, "no-referrer");
    response
}

fn into_problem(response: Response, korean: bool) -> Response {
    let sent = response.extensions().get::<SentProblem>();
    let problem = match sent {
        Some(SentProblem(problem)) if korean => (**problem).clone().in_korean(),
        Some(_) => return response,
        None if is_bare(response.headers()) => {
            let problem = Problem::from_status(response.status());
            if korean { problem.in_korean() } else { problem }
        }
        // A shop's own form of refusal, or a neighbour's problem passed on.
        None => return response,
    };
    let (mut parts, _text) = response.into_parts();
    let (rendered, body) = problem.render().into_parts();
    parts.status = rendered.status;
    parts.headers.remove(CONTENT_LENGTH);
    // What the route said besides, such as `Allow`, stays.
    for (name, value) in rendered.headers {
        if let Some(name) = name {
            parts.headers.insert(name, value);
        }
    }
    parts.extensions.insert(SentProblem(Arc::new(problem)));
    Response::from_parts(parts, body)
}

/// Libraries refuse with nothing or with plain text.
fn is_bare(headers: &HeaderMap) -> bool {
    match headers.get(CONTENT_TYPE) {
        None => true,
        Some(value) => value.as_bytes().starts_with(b"text/plain"),
    }
}

/// Whether Korean comes before English in `Accept-Language`.
fn prefers_korean(language: &HeaderValue) -> bool {
    let Ok(text) = language.to_str() else {
        return false;
    };
    let weight = |language: &str| {
        text.split(',')
            .filter_map(|range| {
                let mut parts = range.split(';').map(str::trim);
                let tag = parts.next()?.split('-').next()?;
                tag.eq_ignore_ascii_case(language).then(|| {
                    let quality = parts.find_map(|part| part.strip_prefix("q="));
                    quality.map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0))
                })
            })
            .fold(0.0, f32::max)
    };
    let (korean, english) = (weight("ko"), weight("en"));
    // Among equals the one that is named first.
    korean > english || korean > 0.0 && korean == english && first_is_korean(text)
}

fn first_is_korean(text: &str) -> bool {
    let first = text
        .split(',')
        .map(|range| range.trim().get(..2).unwrap_or_default())
        .find(|tag| tag.eq_ignore_ascii_case("ko") || tag.eq_ignore_ascii_case("en"));
    first.is_some_and(|tag| tag.eq_ignore_ascii_case("ko"))
}

/// A timeout for one route: 503 `took-too-long` with `Retry-After`. The wait is given up; work
/// that runs as a task of its own goes on.
#[derive(Debug, Clone, Copy)]
pub struct RouteTimeout {
    timeout: Duration,
}

impl RouteTimeout {
    /// A timeout in milliseconds.
    #[must_use]
    pub fn millis(millis: u64) -> Self {
        Self { timeout: Duration::from_millis(millis) }
    }
}

impl<S> Layer<S> for RouteTimeout {
    type Service = TimedRoute<S>;

    fn layer(&self, inner: S) -> TimedRoute<S> {
        TimedRoute { inner, timeout: self.timeout }
    }
}

/// A route inside a [`RouteTimeout`].
#[derive(Debug, Clone)]
pub struct TimedRoute<S> {
    inner: S,
    timeout: Duration,
}

impl<S> Service<Request<Body>> for TimedRoute<S>
where
    S: Service<Request<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let answer = self.inner.call(request);
        let timeout = self.timeout;
        Box::pin(async move {
            Ok(match tokio::time::timeout(timeout, answer).await {
                Ok(Ok(response)) => response.into_response(),
                Err(_elapsed) => Problem::of(ProblemKind::TookTooLong).into_response(),
            })
        })
    }
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
