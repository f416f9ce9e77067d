//! Logs, metrics and traces, and what must never be in them.
//!
//! - **Logs** ([`start_logs`]): one line per event on standard error, as JSON or for reading.
//!   Write with `tracing`; name the order as `order_id`, what caused it as `causation`.
//! - **Metrics** ([`Metrics`]): one registry per process, cheap handles per role. A new metric is
//!   a family in `metrics.rs`, registered in `Metrics::new`, with a method that says what
//!   happened.
//! - **Traces** ([`Tracer`]): one order is one trace. Ids are made from what is known anyway (the
//!   order's id, the causation), so spans of different roles and processes connect without
//!   anything being handed on.
//!
//! What must never be in any of them: secrets and tokens (hold them as [`Secret`], which prints
//! `***`), names, numbers and notes of people (hold them as `kernel::Personal`), whole bodies of
//! requests, and paths of the machine that built the program.

mod export;
mod json_lines;
mod logs;
mod metrics;
mod metrics_labels;
mod redact;
mod traces;

pub use logs::{LogFormat, LogOptions, LogsError, start_logs};
pub use metrics::{BreakerState, Metrics, RoleMetrics};
pub use redact::Secret;
pub use traces::{SpanFact, TraceError, Tracer};
