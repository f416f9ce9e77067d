//! The stored form of every published event, as old journals hold it: a sample that stops to read
//! back, or is written differently, breaks a promise.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::path::PathBuf;

use kernel::Published;
use notification_contract::NotificationEvent;
use serde_json::Value;

#[test]
fn every_event_reads_its_sample_and_writes_it_again() {
    for event_type in NotificationEvent::TYPES {
        let sample = sample(event_type);
        let data = serde_json::to_vec(&sample["data"]).unwrap();
        let personal = sample.get("personal").map(|part| serde_json::to_vec(part).unwrap());

        let event = NotificationEvent::decode(event_type, &data, personal.as_deref()).unwrap();
        let encoded = event.encode();

        assert_eq!(event.event_type(), *event_type);
        assert_eq!(value(&encoded.data), sample["data"], "{event_type}");
        assert_eq!(encoded.personal.as_deref().map(value).as_ref(), sample.get("personal"), "{event_type}");
    }
}

fn sample(event_type: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("golden/{event_type}.json"));
    value(&std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}
