//! Who watches the writers and the door: logs, metrics, traces.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::http::header::LOCATION;
use axum::response::Response;
use edge::around::{Around, AroundLayer};
use edge::authority::{Authority, Refusals};
use edge::breaker::BreakerState;
use gateway::{FarRoleState, FarRoles, Gateway, RouteTaken};
use kernel::{Causation, Clock, OrderId, Recorded, ShopKey, Timestamp};
use runtime::{BatchFacts, Observer};
use telemetry::{LogFormat, LogOptions, Metrics, RoleMetrics, SpanFact, Tracer, start_logs};
use tower::{Layer, Service};
use uuid::Uuid;

use crate::roles::Role;
use crate::settings::{Identity, LogForm, Settings};

/// Everything that watches, shared.
#[derive(Clone)]
pub(crate) struct Observers {
    pub(crate) metrics: Metrics,
    tracer: Tracer,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Observers {
    /// Begins to watch as the settings say.
    pub(crate) fn start(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self> {
        let format = match settings.log_form {
            LogForm::Json => LogFormat::Json,
            LogForm::Text => LogFormat::Pretty,
        };
        start_logs(&LogOptions { format, filter: settings.log.clone() }).context("--log")?;
        let tracer = match &settings.otlp_endpoint {
            Some(endpoint) => Tracer::otlp(endpoint, "jumun").context("--otlp-endpoint")?,
            None => Tracer::disabled(),
        };
        let metrics = Metrics::new();
        metrics.identity_open(matches!(settings.identity, None | Some(Identity::Open)));
        Ok(Self { metrics, tracer, clock })
    }

    /// Watches, and tells nobody.
    #[cfg(test)]
    pub(crate) fn silent(clock: Arc<dyn Clock>) -> Self {
        Self { metrics: Metrics::new(), tracer: Tracer::disabled(), clock }
    }

    /// What watches a role's writer.
    pub(crate) fn of_role(&self, role: Role, sources: &'static [&'static str]) -> Box<dyn Observer> {
        Box::new(RoleObserver {
            metrics: self.metrics.role(role.name()),
            tracer: self.tracer.clone(),
            sources,
            shed: 0,
        })
    }

    /// What watches the door.
    pub(crate) fn around<S>(&self, routes: S) -> Router
    where
        S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send,
    {
        Router::new().fallback_service(AroundLayer(Arc::new(self.clone())).layer(routes))
    }

    /// Sends what has not been sent.
    pub(crate) async fn finish(self) {
        let _given_up = tokio::time::timeout(Duration::from_secs(2), self.tracer.flush()).await;
    }

    /// Notes how payment stands, shop by shop.
    pub(crate) fn note_breakers(&self, states: &[(ShopKey, BreakerState)]) {
        let ordering = self.metrics.role(Role::Ordering.name());
        for (shop, state) in states {
            ordering.breaker(format!("payment/{shop}"), shown(*state));
        }
    }

    /// Notes what the door refused, and how the ways to other processes stand.
    pub(crate) fn note_door(&self, gateway: &Gateway, far: &FarRoles, authority: Option<&Authority>) {
        self.metrics.requests_limited(gateway.limited());
        for Refusals { operation, reason, count } in authority.map(Authority::refusals).unwrap_or_default() {
            self.metrics.requests_unauthorised(operation, reason, count);
        }
        let door = self.metrics.role("gateway");
        for FarRoleState { role, breaker } in far.states() {
            door.breaker(role.to_owned(), shown(breaker));
        }
    }

    /// The metrics, as text.
    pub(crate) fn render(&self) -> String {
        self.metrics.spans_lost(self.tracer.lost());
        self.metrics.render().unwrap_or_default()
    }
}

/// What is kept of a request until its answer is there.
pub(crate) struct Begun {
    method: Method,
    route: RouteTaken,
    at: Timestamp,
}

/// Counts requests, and begins the traces of the orders that they place.
impl Around for Observers {
    type Kept = Begun;

    fn before(&self, request: &mut Request) -> ControlFlow<Response, Begun> {
        let (method, route) = (request.method().clone(), RouteTaken::of(request));
        ControlFlow::Continue(Begun { method, route, at: self.clock.now() })
    }

    fn after(&self, Begun { method, route, at: began_at }: Begun, response: Response) -> Response {
        let (route, done_at) = (route.as_str(), self.clock.now());
        let took = Duration::from_millis(u64::try_from(done_at.millis_since(began_at)).unwrap_or(0));
        let status = response.status();
        self.metrics.request(method.as_str().to_owned(), route.to_owned(), status.as_u16(), took);
        if self.tracer.is_enabled()
            && let Some(order) = placed_order(&response)
        {
            self.tracer.record(&SpanFact {
                trace: order.0,
                span_key: Causation::command(order.0).as_str(),
                parent_key: None,
                name: &format!("{method} {route}"),
                role: "door",
                start_millis: began_at.millis(),
                end_millis: done_at.millis(),
                attributes: &[("order_id", &order.to_string())],
                refused: status.is_client_error(),
            });
        }
        response
    }
}

fn shown(state: BreakerState) -> telemetry::BreakerState {
    match state {
        BreakerState::Closed => telemetry::BreakerState::Closed,
        BreakerState::Open => telemetry::BreakerState::Open,
        BreakerState::HalfOpen => telemetry::BreakerState::HalfOpen,
    }
}

fn placed_order(response: &Response) -> Option<OrderId> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    Uuid::try_parse(location.rsplit('/').next()?).ok().map(OrderId)
}

struct RoleObserver {
    metrics: RoleMetrics,
    tracer: Tracer,
    sources: &'static [&'static str],
    shed: u64,
}

impl Observer for RoleObserver {
    fn after_batch(&mut self, facts: &BatchFacts<'_>) {
        let took = facts.done_at.millis_since(facts.began_at);
        self.metrics.committed(facts.inputs as u64, Duration::from_millis(u64::try_from(took).unwrap_or(0)));
        self.metrics.lane_waiting("commands", i64::try_from(facts.commands_waiting).unwrap_or(i64::MAX));
        for _ in self.shed..facts.commands_shed {
            self.metrics.lane_shed("commands");
        }
        self.shed = facts.commands_shed;
        if self.tracer.is_enabled() {
            self.trace(facts);
        }
    }
}

impl RoleObserver {
    fn trace(&self, facts: &BatchFacts<'_>) {
        for event in &facts.change.events {
            let key = Causation::event(facts.role, event.position);
            self.span(facts, event, &key, &parent_of(event), &event.event_type);
        }
        // A role that only follows (a view) has no events of its own: what it took in is its span.
        if facts.change.events.is_empty() {
            for (source, event) in facts.applied {
                let Some(source) = self.sources.get(*source) else { continue };
                let parent = Causation::event(source, event.position);
                let key = Causation::from_text(&format!("{}<{}", facts.role, parent.as_str()));
                self.span(facts, event, &key, &parent, &format!("follow {}", event.event_type));
            }
        }
    }

    fn span(
        &self,
        facts: &BatchFacts<'_>,
        event: &Recorded,
        key: &Causation,
        parent: &Causation,
        name: &str,
    ) {
        let Some(order) = event.subject.order else { return };
        self.tracer.record(&SpanFact {
            trace: order.0,
            span_key: key.as_str(),
            parent_key: Some(parent.as_str()),
            name,
            role: facts.role,
            start_millis: facts.began_at.millis(),
            end_millis: facts.done_at.millis(),
            attributes: &[
                ("order_id", &order.to_string()),
                ("causation", event.causation.as_str()),
                ("shop", event.subject.shop.as_str()),
            ],
            refused: false,
        });
    }
}

/// What an event hangs from in its order's trace: the event that caused it, or the order's root.
fn parent_of(event: &Recorded) -> Causation {
    let cause = event.causation.as_str();
    let by_event = Role::contexts()
        .any(|role| cause.strip_prefix(role.name()).is_some_and(|rest| rest.starts_with('/')));
    match (by_event, event.subject.order) {
        (false, Some(order)) => Causation::command(order.0),
        _ => event.causation.clone(),
    }
}
