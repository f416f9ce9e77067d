//! How catalog runs.
