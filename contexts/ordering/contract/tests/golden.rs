//! Every published version of every event stays readable, and is written as it was: a sample that
//! stops to read back, or is written differently, breaks a promise.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use kernel::Published;
use ordering_contract::{CancelReason, OrderEvent, RefusalReason};
use serde_json::{Value, json};

#[test]
fn every_event_that_is_written_has_a_sample() {
    let samples = samples();
    for event_type in OrderEvent::TYPES {
        assert!(samples.contains(*event_type), "golden/{event_type}.json is missing");
    }
}

#[test]
fn every_sample_is_read_and_written_again_as_it_was() {
    for event_type in samples() {
        let sample = sample(&event_type);
        let data = serde_json::to_vec(&sample["data"]).unwrap();
        let personal = sample.get("personal").map(|part| serde_json::to_vec(part).unwrap());

        let event = OrderEvent::decode(&event_type, &data, personal.as_deref()).unwrap();

        let encoded = event.encode();
        assert_eq!(event.event_type(), event_type);
        assert_eq!(value(&encoded.data), sample["data"], "{event_type}");
        assert_eq!(encoded.personal.as_deref().map(value).as_ref(), sample.get("personal"), "{event_type}");
    }
}

#[test]
fn what_a_customer_wrote_is_kept_apart_from_the_fact() {
    for event_type in ["order-placed.v1", "order-confirmed.v1"] {
        let sample = sample(event_type);

        assert!(sample["personal"].is_object(), "{event_type}");
        assert!(!sample["data"].to_string().contains("less ice"), "{event_type}");
    }
}

#[test]
fn an_order_without_anything_optional_is_read() {
    let total = json!({"amount": 0, "currency": "KRW"});
    let bare = json!({"life": "1", "call_number": 1, "lines": [], "total": total, "placed_at": 0});

    let event = OrderEvent::decode("order-placed.v1", bare.to_string().as_bytes(), None).unwrap();

    let OrderEvent::Placed(placed) = &event else { panic!("{event:?}") };
    assert!(placed.personal.reveal().is_none() && placed.client_key.is_none());
    assert_eq!(value(&event.encode().data), bare);
}

#[test]
fn the_reasons_keep_their_words() {
    let refusals = [
        (RefusalReason::PaymentDeclined, "payment-declined"),
        (RefusalReason::PaymentUnavailable, "payment-unavailable"),
        (RefusalReason::OutOfStock, "out-of-stock"),
        (RefusalReason::StockUnavailable, "stock-unavailable"),
    ];
    let cancels = [
        (CancelReason::ByCustomer, "by-customer"),
        (CancelReason::ByStaff, "by-staff"),
        (CancelReason::RejectedByShop, "rejected-by-shop"),
        (CancelReason::OutOfStock, "out-of-stock"),
        (CancelReason::Expired, "expired"),
        (CancelReason::DeliveryFailed, "delivery-failed"),
    ];
    for (reason, word) in refusals {
        assert_eq!(serde_json::to_value(reason).unwrap(), word);
    }
    for (reason, word) in cancels {
        assert_eq!(serde_json::to_value(reason).unwrap(), word);
    }
}

fn golden() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn sample(event_type: &str) -> Value {
    value(&std::fs::read(golden().join(format!("{event_type}.json"))).unwrap())
}

fn samples() -> BTreeSet<String> {
    std::fs::read_dir(golden())
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}
