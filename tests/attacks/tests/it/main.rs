//! The attacks, one file per check of `docs/security.md`.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod corpus;
mod defaults;
mod error_hygiene;
mod foreign_pages;
mod hostile_bodies;
mod http2;
mod idempotency_keys;
mod injection;
mod mass_assignment;
mod near_linear;
mod page;
mod rate_limits;
mod schemathesis;
mod slow_clients;
mod smuggling;
