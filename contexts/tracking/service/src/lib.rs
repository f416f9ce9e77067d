//! How tracking runs.
