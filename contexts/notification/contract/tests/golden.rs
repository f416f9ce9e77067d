//! The stored form of every published event, as old journals hold it: a sample that stops to read
//! back, or is written differently, breaks a promise.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use kernel::Published;
use notification_contract::NotificationEvent;
use serde_json::Value;

#[test]
fn every_event_reads_its_samples_and_writes_them_again() {
    let mut seen = BTreeSet::new();
    for (name, sample) in samples() {
        let event_type = NotificationEvent::TYPES.iter().find(|known| name == format!("{known}.json"));
        let event_type = *event_type.unwrap_or_else(|| panic!("{name} is a sample of no event"));
        let data = serde_json::to_vec(&sample["data"]).unwrap();
        let personal = sample.get("personal").map(|part| serde_json::to_vec(part).unwrap());

        let event = NotificationEvent::decode(event_type, &data, personal.as_deref()).unwrap();
        let encoded = event.encode();

        assert_eq!(event.event_type(), event_type);
        assert_eq!(value(&encoded.data), sample["data"], "{name}");
        assert_eq!(encoded.personal.as_deref().map(value).as_ref(), sample.get("personal"), "{name}");
        seen.insert(event_type);
    }
    assert_eq!(seen, NotificationEvent::TYPES.iter().copied().collect());
}

fn samples() -> Vec<(String, Value)> {
    let contract = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    // One of each, and more of those that have more than one face.
    let folders = [contract.join("golden"), contract.join("samples")];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let files = files.map(|entry| entry.unwrap().path());
    let named = |path: PathBuf| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), value(&std::fs::read(&path).unwrap()))
    };
    files.map(named).collect()
}

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}
