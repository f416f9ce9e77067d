//! Notification as its neighbours, its channels and its clients meet it: events in by hand, one step
//! at a time; channels that take what the test lets them take; the routes over a running writer.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod house;
mod intents;
mod keys;
mod lanes;
mod languages;
mod mails;
mod relays;
mod runner;
mod secure;
mod sending;
mod webhooks;
