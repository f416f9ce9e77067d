//! Every published version of every event stays readable, and is written as it was.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use kernel::{Encoded, Published};
use payment_contract::{DayEvent, DepositEvent, DiscrepancyEvent, PaymentEvent};
use serde_json::Value;

fn golden() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn sample(event_type: &str) -> Value {
    let text = fs::read(golden().join(format!("{event_type}.json"))).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn samples() -> BTreeSet<String> {
    fs::read_dir(golden())
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

fn again<E: Published>(event_type: &str, data: &[u8]) -> (&'static str, Encoded) {
    let event = E::decode(event_type, data, None).unwrap();
    (event.event_type(), event.encode())
}

#[test]
fn every_event_that_is_written_has_a_sample() {
    let samples = samples();

    for event_type in PaymentEvent::TYPES
        .iter()
        .chain(DepositEvent::TYPES)
        .chain(DiscrepancyEvent::TYPES)
        .chain(DayEvent::TYPES)
    {
        assert!(samples.contains(*event_type), "golden/{event_type}.json is missing");
    }
}

#[test]
fn every_sample_is_read_and_written_again_as_it_was() {
    for event_type in samples() {
        let sample = sample(&event_type);
        let data = serde_json::to_vec(&sample["data"]).unwrap();

        let (name, encoded) = if event_type.starts_with("deposit-") {
            again::<DepositEvent>(&event_type, &data)
        } else if event_type.starts_with("discrepancy-") {
            again::<DiscrepancyEvent>(&event_type, &data)
        } else if event_type.starts_with("day-") {
            again::<DayEvent>(&event_type, &data)
        } else {
            again::<PaymentEvent>(&event_type, &data)
        };

        assert_eq!(name, event_type);
        assert_eq!(serde_json::from_slice::<Value>(&encoded.data).unwrap(), sample["data"]);
        assert_eq!(encoded.personal, None);
    }
}

#[test]
fn the_double_entries_of_the_samples_sum_to_nothing() {
    for event_type in [
        "payment-approved.v1",
        "payment-refunded.v1",
        "deposit-opened.v1",
        "deposit-topped-up.v1",
        "deposit-held.v1",
        "deposit-released.v1",
    ] {
        let sample = sample(event_type);
        let postings = sample["data"]["postings"].as_array().unwrap();

        let sum: i64 = postings.iter().map(|posting| posting["amount"]["amount"].as_i64().unwrap()).sum();

        assert_eq!((postings.len(), sum), (2, 0), "{event_type}");
    }
}
