use kernel::Timestamp;
use payment_service::provider::callback::{CallbackSecret, SignedCallback};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Reads bytes as a callback: id, time and signatures on lines of their own, then the body. Nothing that
/// was not signed is opened, whatever it says of itself.
pub(super) fn signatures(bytes: &[u8]) {
    let mut parts = bytes.splitn(4, |byte| *byte == b'\n');
    let mut text = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let (id, time, signatures) = (text(), text(), text());
    let timestamp_seconds = time.parse().unwrap_or(NOW.millis() / 1_000);
    let body = parts.next().unwrap_or_default().to_vec();
    let secret = CallbackSecret::of(&[7; 32]);
    let callback = SignedCallback { id, timestamp_seconds, signatures, body };
    assert!(callback.open(&secret, NOW).is_err(), "{callback:?} was believed");
    let _whether_it_is_one = CallbackSecret::parse(&time);
}
