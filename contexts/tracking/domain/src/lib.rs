//! What tracking decides.
