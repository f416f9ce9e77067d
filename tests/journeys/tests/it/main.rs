//! The journeys: what people do in the shops, over real HTTP against the real program.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod bad_input;
mod bakery;
mod cafe;
mod entity_tags;
mod keys;
mod kiosk;
mod lists;
mod payment_door;
mod prices;
mod restarts;
mod streams;
