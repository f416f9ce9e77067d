//! The journeys: what people do in the shops, over real HTTP against the real program.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod appliance;
mod back_office;
mod bad_input;
mod bakery;
mod cafe;
mod callbacks;
mod canteen;
mod changed_files;
mod channels;
mod command_line;
mod counter;
mod deliveries;
mod doors;
mod entity_tags;
mod flowers;
mod gateway;
mod identity;
mod keys;
mod kiosk;
mod later;
mod lists;
mod market;
mod messages;
mod opening;
mod operations;
mod payment_door;
mod prices;
mod provider;
mod reconcile;
mod refunds;
mod restarts;
mod roles;
mod signed_in;
mod slow_payment;
mod streams;
mod stuck;
mod words;
