use std::collections::BTreeMap;

use telemetry::{SpanFact, Tracer};
use uuid::Uuid;

use crate::collector::Collector;

const ORDER: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

const PLACED: SpanFact<'_> = SpanFact {
    trace: ORDER,
    span_key: "command/1",
    parent_key: None,
    name: "place_order",
    role: "ordering",
    start_millis: 1_000,
    end_millis: 1_003,
    attributes: &[],
    refused: false,
};

/// The chain of an order, as three roles record it: each names only its own cause.
fn chain() -> [SpanFact<'static>; 4] {
    let caused = |span_key, parent_key, name, role| SpanFact {
        span_key,
        parent_key: Some(parent_key),
        name,
        role,
        ..PLACED
    };
    [
        PLACED,
        caused("ordering/1", "command/1", "order-placed", "ordering"),
        caused("payment/1", "ordering/1", "payment-approved", "payment"),
        caused("tracking/1", "payment/1", "story", "tracking"),
    ]
}

#[tokio::test]
async fn one_order_is_one_connected_trace_though_no_role_was_handed_anything() {
    let (collector, endpoint) = Collector::open().await;
    let first = Tracer::otlp(&endpoint, "jumun-a").unwrap();
    let second = Tracer::otlp(&endpoint, "jumun-b").unwrap();
    for (index, fact) in chain().iter().enumerate() {
        // Two processes share the work; neither knows of the other's spans.
        let tracer = if index % 2 == 0 { &first } else { &second };
        tracer.record(fact);
    }
    first.flush().await;
    second.flush().await;

    let spans = collector.spans();
    assert_eq!(spans.len(), 4);
    assert!(spans.iter().all(|(_, span)| span.trace_id == ORDER.as_bytes()));
    let by_id: BTreeMap<_, _> = spans.iter().map(|(_, span)| (span.span_id.clone(), span)).collect();
    let roots = spans.iter().filter(|(_, span)| span.parent_span_id.is_empty()).count();
    assert_eq!(roots, 1);
    let mut story = spans.iter().find(|(_, span)| span.name == "story").unwrap().1.clone();
    let mut names = vec![story.name.clone()];
    while let Some(parent) = by_id.get(&story.parent_span_id) {
        story = (*parent).clone();
        names.push(story.name.clone());
    }
    assert_eq!(names, ["story", "payment-approved", "order-placed", "place_order"]);
    let services: std::collections::BTreeSet<_> = spans.iter().map(|(service, _)| service).collect();
    assert_eq!(services.len(), 2);
    assert_eq!((first.lost(), second.lost()), (0, 0));
}

#[tokio::test]
async fn times_attributes_and_refusals_arrive_as_they_were_recorded() {
    let (collector, endpoint) = Collector::open().await;
    let tracer = Tracer::otlp(&endpoint, "jumun").unwrap();
    tracer.record(&SpanFact { attributes: &[("jumun.shop", "s")], refused: true, ..PLACED });
    tracer.flush().await;

    let (_, span) = collector.spans().remove(0);
    assert_eq!(span.start_time_unix_nano, 1_000_000_000);
    assert_eq!(span.end_time_unix_nano, 1_003_000_000);
    assert_eq!(span.status.unwrap().message, "refused");
    let names: Vec<_> = span.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
    assert_eq!(names, ["jumun.role", "jumun.order_id", "jumun.cause", "jumun.shop"]);
}

#[tokio::test]
async fn without_a_collector_nobody_waits_and_what_is_lost_is_counted() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let tracer = Tracer::otlp(&endpoint, "jumun").unwrap();
    for _ in 0..20_000 {
        tracer.record(&PLACED);
    }
    // The queue holds 16,384 and nothing was sent in between: this thread never yielded.
    assert_eq!(tracer.lost(), 20_000 - 16_384);
}

#[tokio::test]
async fn an_endpoint_that_is_no_address_is_refused_by_name() {
    let error = Tracer::otlp("not an address", "jumun").unwrap_err().to_string();
    assert!(error.starts_with("otlp endpoint \"not an address\" cannot be used"), "{error}");
}
