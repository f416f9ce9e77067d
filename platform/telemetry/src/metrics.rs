use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::metrics_labels as label;

/// From half a millisecond to eight seconds.
const SECONDS: [f64; 15] =
    [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.0, 2.0, 4.0, 8.0];
/// From one to a full batch.
const INPUTS: [f64; 11] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// The numbers of this process, in one registry. Clones are handles to the same numbers.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    families: Families,
}

#[derive(Clone)]
struct Families {
    requests: Family<label::Request, Counter>,
    request_seconds: Histograms<label::Route>,
    identity_open: Gauge,
    spans_lost: Counter,
    requests_limited: Counter,
    requests_unauthorised: Family<label::Refusal, Counter>,
    batch_inputs: Histograms<label::Role>,
    commit_seconds: Histograms<label::Role>,
    lane_waiting: Family<label::Lane, Gauge>,
    lane_shed: Family<label::Lane, Counter>,
    subscription_lag: Family<label::Subscription, Gauge>,
    orders_stuck: Family<label::Shop, Gauge>,
    stock_low_items: Family<label::Shop, Gauge>,
    timers_due: Family<label::Role, Gauge>,
    parked_events: Family<label::Role, Gauge>,
    effects_running: Family<label::Effect, Gauge>,
    breaker_state: Family<label::Breaker, Gauge>,
}

impl Default for Families {
    fn default() -> Self {
        let seconds: fn() -> Histogram = || Histogram::new(SECONDS);
        Self {
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(seconds),
            identity_open: Gauge::default(),
            spans_lost: Counter::default(),
            requests_limited: Counter::default(),
            requests_unauthorised: Family::default(),
            batch_inputs: Family::new_with_constructor(|| Histogram::new(INPUTS)),
            commit_seconds: Family::new_with_constructor(seconds),
            lane_waiting: Family::default(),
            lane_shed: Family::default(),
            subscription_lag: Family::default(),
            orders_stuck: Family::default(),
            stock_low_items: Family::default(),
            timers_due: Family::default(),
            parked_events: Family::default(),
            effects_running: Family::default(),
            breaker_state: Family::default(),
        }
    }
}

impl Families {
    fn register(&self, registry: &mut Registry) {
        let families = self.clone();
        registry.register("http_requests", "Requests answered", families.requests);
        registry.register_with_unit(
            "http_request_duration",
            "From the request's head to the answer's head",
            Unit::Seconds,
            families.request_seconds,
        );
        registry.register("identity_open", "1 where anybody may say who they are", families.identity_open);
        registry.register("spans_lost", "Spans that were not delivered", families.spans_lost);
        registry.register(
            "http_requests_limited",
            "Requests refused because too many came from one subject or address",
            families.requests_limited,
        );
        registry.register(
            "http_requests_unauthorised",
            "Requests refused for who asked, by operation and reason",
            families.requests_unauthorised,
        );
        self.clone().register_roles(registry);
    }

    fn register_roles(self, registry: &mut Registry) {
        registry.register("batch_inputs", "Inputs committed together", self.batch_inputs);
        registry.register_with_unit(
            "commit_duration",
            "How long a batch took to be on disk",
            Unit::Seconds,
            self.commit_seconds,
        );
        registry.register("lane_waiting", "Inputs that wait in a lane", self.lane_waiting);
        registry.register("lane_shed", "Inputs that a full lane turned away", self.lane_shed);
        registry.register(
            "subscription_lag_events",
            "Events of a neighbour that are not applied yet",
            self.subscription_lag,
        );
        registry.register(
            "orders_stuck",
            "Orders that stand still for longer than their shop thinks right",
            self.orders_stuck,
        );
        registry.register(
            "stock_low_items",
            "Stock items of which no more are left than their shop wants to be told of",
            self.stock_low_items,
        );
        registry.register("timers_due", "Timers that are due and wait", self.timers_due);
        registry.register("parked_events", "Events that wait for an operator", self.parked_events);
        registry.register("effects_running", "Calls to the world under way", self.effects_running);
        registry.register(
            "breaker_state",
            "Breaker before a neighbour: 0 closed, 1 half open, 2 open",
            self.breaker_state,
        );
    }
}

/// Where a breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls pass.
    Closed,
    /// A few calls try whether it works again.
    HalfOpen,
    /// No call passes.
    Open,
}

impl BreakerState {
    const fn number(self) -> i64 {
        match self {
            Self::Closed => 0,
            Self::HalfOpen => 1,
            Self::Open => 2,
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// A registry with nothing counted yet. All names begin with `jumun_`.
    #[must_use]
    pub fn new() -> Self {
        let families = Families::default();
        let mut registry = Registry::with_prefix("jumun");
        families.register(&mut registry);
        Self { registry: Arc::new(registry), families }
    }

    /// So many orders of a shop stand still.
    pub fn orders_stuck(&self, shop: impl Into<Cow<'static, str>>, orders: i64) {
        self.families.orders_stuck.get_or_create(&label::Shop { shop: shop.into() }).set(orders);
    }

    /// So many stock items of a shop run low.
    pub fn stock_low_items(&self, shop: impl Into<Cow<'static, str>>, items: i64) {
        self.families.stock_low_items.get_or_create(&label::Shop { shop: shop.into() }).set(items);
    }

    /// The numbers of one role; take it once and keep it.
    #[must_use]
    pub fn role(&self, role: impl Into<Cow<'static, str>>) -> RoleMetrics {
        let role = role.into();
        let by_role = label::Role { role: role.clone() };
        let families = self.families.clone();
        RoleMetrics {
            batch_inputs: families.batch_inputs.get_or_create_owned(&by_role),
            commit_seconds: families.commit_seconds.get_or_create_owned(&by_role),
            timers_due: families.timers_due.get_or_create_owned(&by_role),
            parked_events: families.parked_events.get_or_create_owned(&by_role),
            role,
            families,
        }
    }

    /// A request was answered. The route is its template (`/v1/shops/{shop}`), never the path.
    pub fn request(
        &self,
        method: impl Into<Cow<'static, str>>,
        route: impl Into<Cow<'static, str>>,
        status: u16,
        took: Duration,
    ) {
        let (method, route) = (method.into(), route.into());
        let by_route = label::Route { method, route };
        self.families.request_seconds.get_or_create(&by_route).observe(took.as_secs_f64());
        let label::Route { method, route } = by_route;
        self.families.requests.get_or_create(&label::Request { method, route, status }).inc();
    }

    /// Whether anybody may say who they are.
    pub fn identity_open(&self, is_open: bool) {
        self.families.identity_open.set(i64::from(is_open));
    }

    /// So many spans were not delivered since the start ([`Tracer::lost`](crate::Tracer::lost)).
    pub fn spans_lost(&self, spans: u64) {
        self.families.spans_lost.inner().store(spans, Ordering::Relaxed);
    }

    /// So many requests were refused since the start because too many came.
    pub fn requests_limited(&self, requests: u64) {
        self.families.requests_limited.inner().store(requests, Ordering::Relaxed);
    }

    /// So many requests to an operation were refused since the start for who asked, for this reason.
    pub fn requests_unauthorised(
        &self,
        operation: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
        requests: u64,
    ) {
        let why = label::Refusal { operation: operation.into(), reason: reason.into() };
        self.families.requests_unauthorised.get_or_create(&why).inner().store(requests, Ordering::Relaxed);
    }

    /// All numbers in the text format that Prometheus reads.
    ///
    /// # Errors
    /// Never in practice: writing to a string does not fail.
    pub fn render(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// The numbers of one role.
#[derive(Clone)]
pub struct RoleMetrics {
    role: Cow<'static, str>,
    batch_inputs: Histogram,
    commit_seconds: Histogram,
    timers_due: Gauge,
    parked_events: Gauge,
    families: Families,
}

impl RoleMetrics {
    /// A batch is on disk.
    pub fn committed(&self, inputs: u64, took: Duration) {
        #[expect(clippy::cast_precision_loss, reason = "a batch is far below 2^52")]
        self.batch_inputs.observe(inputs as f64);
        self.commit_seconds.observe(took.as_secs_f64());
    }

    /// So many inputs wait in a lane.
    pub fn lane_waiting(&self, lane: impl Into<Cow<'static, str>>, waiting: i64) {
        self.families.lane_waiting.get_or_create(&self.lane(lane)).set(waiting);
    }

    /// A full lane turned an input away.
    pub fn lane_shed(&self, lane: impl Into<Cow<'static, str>>) {
        self.families.lane_shed.get_or_create(&self.lane(lane)).inc();
    }

    /// So many events of a neighbour are not applied yet.
    pub fn subscription_lag(&self, source: impl Into<Cow<'static, str>>, events: i64) {
        let by_source = label::Subscription { role: self.role.clone(), source: source.into() };
        self.families.subscription_lag.get_or_create(&by_source).set(events);
    }

    /// So many timers are due and wait.
    pub fn timers_due(&self, timers: i64) {
        self.timers_due.set(timers);
    }

    /// So many events wait for an operator.
    pub fn parked_events(&self, events: i64) {
        self.parked_events.set(events);
    }

    /// So many calls of an effect are under way.
    pub fn effects_running(&self, effect: impl Into<Cow<'static, str>>, running: i64) {
        let by_effect = label::Effect { role: self.role.clone(), effect: effect.into() };
        self.families.effects_running.get_or_create(&by_effect).set(running);
    }

    /// Where the breaker before a neighbour stands.
    pub fn breaker(&self, neighbour: impl Into<Cow<'static, str>>, state: BreakerState) {
        let by_neighbour = label::Breaker { role: self.role.clone(), neighbour: neighbour.into() };
        self.families.breaker_state.get_or_create(&by_neighbour).set(state.number());
    }

    fn lane(&self, lane: impl Into<Cow<'static, str>>) -> label::Lane {
        label::Lane { role: self.role.clone(), lane: lane.into() }
    }
}

impl fmt::Debug for RoleMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoleMetrics").field("role", &self.role).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_status_and_timed_by_route() {
        let metrics = Metrics::new();
        let took = Duration::from_millis(3);
        metrics.request("POST", "/v1/shops/{shop}/orders", 201, took);
        metrics.clone().request("POST", "/v1/shops/{shop}/orders", 201, took);
        metrics.request("POST", "/v1/shops/{shop}/orders", 503, took);
        let text = metrics.render().unwrap();
        let route = "method=\"POST\",route=\"/v1/shops/{shop}/orders\"";
        for line in [
            format!("jumun_http_requests_total{{{route},status=\"201\"}} 2"),
            format!("jumun_http_requests_total{{{route},status=\"503\"}} 1"),
            format!("jumun_http_request_duration_seconds_count{{{route}}} 3"),
            format!("jumun_http_request_duration_seconds_bucket{{le=\"0.004\",{route}}} 3"),
        ] {
            assert!(text.contains(&line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn every_number_of_a_role_is_shown_under_its_role() {
        let metrics = Metrics::new();
        let role = metrics.role("ordering");
        role.committed(17, Duration::from_micros(700));
        role.lane_waiting("http", 5);
        role.lane_shed("http");
        role.subscription_lag("payment", 9);
        role.timers_due(2);
        role.parked_events(1);
        role.effects_running("capture", 4);
        role.breaker("payment", BreakerState::Open);
        let text = metrics.render().unwrap();
        for line in [
            "jumun_batch_inputs_sum{role=\"ordering\"} 17.0",
            "jumun_commit_duration_seconds_count{role=\"ordering\"} 1",
            "jumun_lane_waiting{role=\"ordering\",lane=\"http\"} 5",
            "jumun_lane_shed_total{role=\"ordering\",lane=\"http\"} 1",
            "jumun_subscription_lag_events{role=\"ordering\",source=\"payment\"} 9",
            "jumun_timers_due{role=\"ordering\"} 2",
            "jumun_parked_events{role=\"ordering\"} 1",
            "jumun_effects_running{role=\"ordering\",effect=\"capture\"} 4",
            "jumun_breaker_state{role=\"ordering\",neighbour=\"payment\"} 2",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn an_open_identity_and_lost_spans_are_shown() {
        let metrics = Metrics::new();
        metrics.identity_open(true);
        assert!(metrics.render().unwrap().contains("jumun_identity_open 1"));
        metrics.identity_open(false);
        metrics.spans_lost(3);
        metrics.requests_limited(2);
        metrics.requests_unauthorised("read_order", "token-expired", 4);
        let text = metrics.render().unwrap();
        assert!(text.contains("jumun_identity_open 0"), "{text}");
        assert!(text.contains("jumun_spans_lost_total 3"), "{text}");
        assert!(text.contains("jumun_http_requests_limited_total 2"), "{text}");
        let unauthorised =
            "jumun_http_requests_unauthorised_total{operation=\"read_order\",reason=\"token-expired\"} 4";
        assert!(text.contains(unauthorised), "{text}");
    }
}
