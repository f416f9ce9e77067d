//! One order is one trace, from the request to the row of the view, though no role hands a trace on.

use std::collections::{BTreeMap, BTreeSet};

use journeys::{Basket, House, Order};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use uuid::Uuid;

use crate::collector::Collector;

fn attribute(span: &Span, name: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        other => Some(format!("{other:?}")),
    }
}

async fn completed(house: &House) -> Order {
    let cafe = house.shop("cafe");
    let (customer, staff) = (cafe.customer("mina"), cafe.staff("kim"));
    let order = customer.orders(Basket::of("1", 1)).await;
    cafe.ticket_is(&order, "open").await;
    for step in ["accept", "start", "complete", "hand-over"] {
        let path = format!("/tickets/{}/{step}", order.id);
        let _moved = staff.posts(&path, serde_json::json!({})).await.is(200);
    }
    cafe.tells(&order, "completed").await;
    order
}

/// The spans of an order's trace by their id.
async fn trace_of(order: &Order, house: &mut House, collector: &Collector) -> BTreeMap<Vec<u8>, Span> {
    // What is left is sent before the program ends.
    assert!(house.stop().await.success());
    let id = Uuid::parse_str(&order.id).unwrap();
    let spans = collector.spans().into_iter().map(|(_, span)| span);
    spans.filter(|span| span.trace_id == id.as_bytes()).map(|span| (span.span_id.clone(), span)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_paid_order_is_one_connected_trace_from_the_request_to_the_view() {
    let (collector, endpoint) = Collector::open().await;
    let mut house = House::open_with(&["cafe"], &["--otlp-endpoint", &endpoint]).await;
    let order = completed(&house).await;

    let trace = trace_of(&order, &mut house, &collector).await;

    let roots: Vec<&Span> = trace.values().filter(|span| span.parent_span_id.is_empty()).collect();
    assert_eq!(roots.len(), 1, "{roots:#?}");
    assert_eq!(roots[0].name, "POST /v1/shops/{shop}/orders");
    for span in trace.values().filter(|span| !span.parent_span_id.is_empty()) {
        assert!(trace.contains_key(&span.parent_span_id), "{} hangs in the air: {span:#?}", span.name);
        assert_eq!(attribute(span, "jumun.order_id"), Some(order.id.clone()), "{}", span.name);
        let cause = attribute(span, "jumun.cause").unwrap_or_default();
        assert!(cause.contains('/'), "{} has the cause {cause:?}", span.name);
    }
    let roles: BTreeSet<_> = trace.values().filter_map(|span| attribute(span, "jumun.role")).collect();
    for role in ["door", "ordering", "payment", "kitchen", "tracking"] {
        assert!(roles.contains(role), "{role} is not in {roles:?}");
    }
    let shows = |span: &&Span| {
        span.name == "follow order-completed.v1"
            && attribute(span, "jumun.role").as_deref() == Some("tracking")
    };
    let last = trace.values().find(shows).unwrap();
    let mut way = vec![last.name.as_str()];
    let mut at = last;
    while let Some(parent) = trace.get(&at.parent_span_id) {
        way.push(&parent.name);
        at = parent;
    }
    assert_eq!(way.last(), Some(&"POST /v1/shops/{shop}/orders"), "{way:?}");
    assert!(way.contains(&"ticket-handed-over.v1"), "the view hangs from what caused it: {way:?}");
}
