use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use tokio::sync::{mpsc, oneshot};

use crate::TraceError;

/// What is sent together at most.
const BATCH_MAX: usize = 512;
const TIMEOUT: Duration = Duration::from_secs(5);

/// What travels to the task that sends.
pub(crate) enum Parcel {
    Span(Box<SpanData>),
    /// Answered when all before it has been sent.
    Flush(oneshot::Sender<()>),
}

pub(crate) fn exporter(endpoint: &str, service_name: &str) -> Result<SpanExporter, TraceError> {
    let mut exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_timeout(TIMEOUT)
        .build()
        .map_err(|cause| TraceError::Endpoint { endpoint: endpoint.to_owned(), cause })?;
    let service_name = service_name.to_owned();
    exporter.set_resource(&Resource::builder_empty().with_service_name(service_name).build());
    Ok(exporter)
}

/// Takes what waits, sends it, takes what has come meanwhile; ends when nobody can record any
/// more.
pub(crate) async fn send_all(
    exporter: SpanExporter,
    mut received: mpsc::Receiver<Parcel>,
    lost: Arc<AtomicU64>,
) {
    let mut parcels = Vec::new();
    while received.recv_many(&mut parcels, BATCH_MAX).await > 0 {
        let mut spans = Vec::new();
        let mut flushes = Vec::new();
        for parcel in parcels.drain(..) {
            match parcel {
                Parcel::Span(span) => spans.push(*span),
                Parcel::Flush(done) => flushes.push(done),
            }
        }
        send(&exporter, spans, &lost).await;
        for done in flushes {
            let _ = done.send(());
        }
    }
    let _ = exporter.shutdown();
}

async fn send(exporter: &SpanExporter, spans: Vec<SpanData>, lost: &AtomicU64) {
    if spans.is_empty() {
        return;
    }
    let count = spans.len();
    if let Err(error) = exporter.export(spans).await {
        lost.fetch_add(count as u64, Ordering::Relaxed);
        tracing::warn!(%error, count, "spans could not be delivered");
    }
}
