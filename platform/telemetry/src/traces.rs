use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::export::{self, Parcel};

/// How many spans may wait to be sent; what comes on top is dropped and counted.
const WAITING_MAX: usize = 16_384;

/// Why no traces can be sent.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The collector's address cannot be used.
    #[error("otlp endpoint {endpoint:?} cannot be used: {cause}")]
    Endpoint {
        /// The address as given.
        endpoint: String,
        /// What is wrong with it.
        cause: opentelemetry_otlp::ExporterBuildError,
    },
}

/// Something that was done for an order, from when to when.
///
/// Whoever did it knows its name in the chain of causes already: the position of an event
/// (`ordering/123`) or the id of a command (`command/<uuid>`). The span's id is made from that
/// name, so that the next role can name its parent without having been told of a span.
#[derive(Debug, Clone)]
pub struct SpanFact<'a> {
    /// The order's id: one order is one trace.
    pub trace: Uuid,
    /// What this is in the chain of causes; the same key in the same trace is the same span.
    pub span_key: &'a str,
    /// What caused it; none for the request that began it all.
    pub parent_key: Option<&'a str>,
    /// What was done (`place_order`).
    pub name: &'a str,
    /// Who did it.
    pub role: &'static str,
    /// When it began, in milliseconds since the epoch.
    pub start_millis: i64,
    /// When it was done, in milliseconds since the epoch.
    pub end_millis: i64,
    /// What else is to be seen; never anything personal or secret.
    pub attributes: &'a [(&'static str, &'a str)],
    /// Whether the business said no.
    pub refused: bool,
}

/// Where spans go. Clones are the same.
#[derive(Clone)]
pub struct Tracer(Option<Arc<Line>>);

struct Line {
    parcels: mpsc::Sender<Parcel>,
    lost: Arc<AtomicU64>,
}

impl Tracer {
    /// Sends nothing; recording costs nothing.
    #[must_use]
    pub const fn disabled() -> Self {
        Self(None)
    }

    /// Sends spans to a collector over OTLP/gRPC (`http://127.0.0.1:4317`), in batches, from a
    /// task of its own. To be called within a tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be used. A collector that is not there is no error: spans are
    /// dropped and counted.
    pub fn otlp(endpoint: &str, service_name: &str) -> Result<Self, TraceError> {
        let exporter = export::exporter(endpoint, service_name)?;
        let (parcels, received) = mpsc::channel(WAITING_MAX);
        let lost = Arc::new(AtomicU64::new(0));
        tokio::spawn(export::send_all(exporter, received, Arc::clone(&lost)));
        Ok(Self(Some(Arc::new(Line { parcels, lost }))))
    }

    /// Whether spans are sent at all; ask before making something up for them.
    #[must_use]
    pub const fn is_enabled(&self) -> bool {
        self.0.is_some()
    }

    /// Takes a span along; never waits. When too many wait already, it is dropped and counted.
    pub fn record(&self, fact: &SpanFact<'_>) {
        if let Some(line) = &self.0
            && line.parcels.try_send(Parcel::Span(Box::new(span(fact)))).is_err()
        {
            line.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many spans were dropped, or could not be delivered.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.0.as_ref().map_or(0, |line| line.lost.load(Ordering::Relaxed))
    }

    /// Returns when all that was recorded before has been sent, or given up.
    pub async fn flush(&self) {
        let Some(line) = &self.0 else { return };
        let (done, is_done) = oneshot::channel();
        if line.parcels.send(Parcel::Flush(done)).await.is_ok() {
            let _ = is_done.await;
        }
    }
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracer").field("is_enabled", &self.is_enabled()).field("lost", &self.lost()).finish()
    }
}

fn span(fact: &SpanFact<'_>) -> SpanData {
    let trace = TraceId::from_bytes(*fact.trace.as_bytes());
    let id = span_id(fact.span_key);
    let flags = TraceFlags::SAMPLED;
    SpanData {
        span_context: SpanContext::new(trace, id, flags, false, TraceState::NONE),
        parent_span_id: fact.parent_key.map_or(SpanId::INVALID, span_id),
        parent_span_is_remote: false,
        span_kind: if fact.parent_key.is_none() { SpanKind::Server } else { SpanKind::Internal },
        name: fact.name.to_owned().into(),
        start_time: moment(fact.start_millis),
        end_time: moment(fact.end_millis.max(fact.start_millis)),
        attributes: attributes(fact),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: if fact.refused { Status::error("refused") } else { Status::Unset },
        instrumentation_scope: InstrumentationScope::builder(fact.role).build(),
    }
}

fn attributes(fact: &SpanFact<'_>) -> Vec<KeyValue> {
    let mut attributes = vec![
        KeyValue::new("jumun.role", fact.role),
        KeyValue::new("jumun.order_id", fact.trace.to_string()),
        KeyValue::new("jumun.cause", fact.span_key.to_owned()),
    ];
    let own = fact.attributes.iter().map(|(name, value)| KeyValue::new(*name, (*value).to_owned()));
    attributes.extend(own);
    attributes
}

/// The first eight bytes of the key's hash; never the invalid id.
fn span_id(key: &str) -> SpanId {
    let hash = blake3::hash(key.as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hash.as_bytes()[..8]);
    match SpanId::from_bytes(bytes) {
        SpanId::INVALID => SpanId::from(1),
        id => id,
    }
}

fn moment(millis: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACT: SpanFact<'_> = SpanFact {
        trace: Uuid::from_u128(7),
        span_key: "ordering/8",
        parent_key: Some("command/7"),
        name: "place_order",
        role: "ordering",
        start_millis: 1_000,
        end_millis: 1_004,
        attributes: &[("jumun.shop", "x")],
        refused: false,
    };

    #[test]
    fn the_trace_is_the_order_and_the_same_key_is_the_same_span() {
        let cause = span(&SpanFact { span_key: "command/7", parent_key: None, ..FACT });
        let effect = span(&FACT);
        assert_eq!(effect.span_context.trace_id().to_bytes(), *FACT.trace.as_bytes());
        assert_eq!(effect.parent_span_id, cause.span_context.span_id());
        assert_eq!(cause.parent_span_id, SpanId::INVALID);
        assert_ne!(effect.span_context.span_id(), cause.span_context.span_id());
    }

    #[test]
    fn a_refusal_is_an_error_of_the_span_and_a_clock_set_back_no_negative_time() {
        let span = span(&SpanFact { refused: true, end_millis: 900, ..FACT });
        assert_eq!(span.status, Status::error("refused"));
        assert_eq!(span.start_time, span.end_time);
    }

    #[test]
    fn a_disabled_tracer_takes_everything_and_loses_nothing() {
        let tracer = Tracer::disabled();
        tracer.record(&FACT);
        assert!(!tracer.is_enabled());
        assert_eq!(tracer.lost(), 0);
    }
}
