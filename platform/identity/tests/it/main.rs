//! Tokens as somebody else would make them, keys that come and go, services that call each other.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod flips;
mod forged;
mod rotation;
mod services;
mod world;
