//! What inventory decides.
