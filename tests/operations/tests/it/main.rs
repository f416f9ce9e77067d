//! The real program and its real stores, as operators see them.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod backup;
mod canaries;
#[path = "../../../../platform/telemetry/tests/it/collector.rs"]
mod collector;
mod configuration;
mod doctor;
mod full_disk;
mod hostile_text;
mod node;
mod one_old_file;
mod parked;
mod poison;
mod rebuild;
mod traces;
