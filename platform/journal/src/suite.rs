//! The behaviour suite: what every store must do, as named behaviours.
