//! The rules of notification: what is owed, in which order and words, and what becomes of it.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod attempts;
mod house;
mod intents;
mod texts;
mod webhooks;
