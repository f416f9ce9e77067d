//! How the kitchen runs: a ticket is opened for every confirmed order, moved by staff or by itself,
//! and asked whether a cancel comes in time.
//!
//! The door is [`KitchenService`] (behind a [`runtime::Writer`]) and [`rest::router`]. Commands come
//! in as [`KitchenCommand`]; what can go wrong is a [`KitchenRefusal`].
//!
//! - `use_cases/`: what is done to a ticket, by staff and for ordering.
//! - `policies/`: whenever the catalog or ordering said something, then this.
//! - `views/`: the rows of the own list.
//! - `rest/`: the canonical API.
//!
//! To add a step: the ticket in `kitchen-domain`, a variant of [`Step`], its line in
//! `use_cases/take_step.rs`, its route in `rest/`. To follow another event: its file in `policies/`.

mod command;
mod config;
mod idempotency;
mod policies;
pub mod rest;
mod service;
mod shops;
mod use_cases;
mod views;

pub use command::{KitchenCommand, KitchenRefusal, KitchenReply, Step};
pub use config::STEP_WAIT_MILLIS;
pub use runtime::{KEYS_KEPT_MILLIS, KeyUse};
pub use service::KitchenService;
pub use shops::Shops;
pub use views::TICKETS;
