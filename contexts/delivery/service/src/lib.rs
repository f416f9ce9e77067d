//! How delivery runs: a delivery is requested for every prepared order of a shop that delivers, moved
//! by staff, by its courier or by time, and asked whether a cancel comes in time.
//!
//! The door is [`DeliveryService`] (behind a [`runtime::Writer`]) and [`rest::router`]. Commands come
//! in as [`DeliveryStep`]; what can go wrong is a [`DeliveryRefusal`].
//!
//! - `use_cases/`: what is done to a delivery, by people and for ordering.
//! - `policies/`: whenever the catalog or ordering said something, then this.
//! - `timers.rs`: what time does: retry what failed, count as delivered.
//! - `views/`: the rows of the own list.
//! - `rest/`: the canonical API.
//!
//! To add a step: the delivery in `delivery-domain`, a variant of [`Step`], its line in
//! `use_cases/take_step.rs`, its route in `rest/`. To follow another event: its file in `policies/`.

mod command;
mod config;
mod idempotency;
mod policies;
pub mod rest;
mod service;
mod shops;
mod timers;
mod use_cases;
mod views;

pub use command::{DeliveryRefusal, DeliveryReply, DeliveryStep, Step};
pub use config::STEP_WAIT_MILLIS;
pub use runtime::{KEYS_KEPT_MILLIS, KeyUse};
pub use service::DeliveryService;
pub use shops::Shops;
pub use views::DELIVERIES;
