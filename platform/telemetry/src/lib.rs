//! Logs, metrics and traces, and what must never be in them.
