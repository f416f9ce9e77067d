//! The layers of the door round routes that know nothing of it, and ways to processes that come and go.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod far_roles;
mod layers;
