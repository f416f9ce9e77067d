//! The behaviour suite.
