//! How inventory runs.
