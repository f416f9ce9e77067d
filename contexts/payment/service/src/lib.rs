//! How payment runs.
