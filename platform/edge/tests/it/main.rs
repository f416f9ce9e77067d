//! The edge on real sockets: the listener and the forwarder.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod bad_bytes;
mod derived;
mod forwarding;
mod house;
mod shutdown;
mod slow_clients;
