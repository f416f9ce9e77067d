//! Delivery as it runs.
