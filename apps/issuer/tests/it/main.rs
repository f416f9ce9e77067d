//! Signing in and out, as the program serves it: over the routes, on a folder that processes share.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod accounts;
mod devices;
mod guessing;
mod keys;
mod sessions;
mod set_up;
mod world;
