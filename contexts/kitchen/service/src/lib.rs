//! How kitchen runs.
