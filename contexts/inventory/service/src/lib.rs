//! How inventory runs: stock is received and adjusted by command, and held, used and freed as
//! ordering's events say.
//!
//! The door is [`InventoryService`] (behind a [`runtime::Writer`]) and [`rest::router`]. Commands
//! come in as [`InventoryCommand`]; what can go wrong is an [`InventoryRefusal`].
//!
//! - `use_cases/`: what is done to stock, by staff and for orders.
//! - `policies/`: whenever the catalog or ordering said something, then this.
//! - `watching.rs`: what is told of a count that is too low for its shop or its menu.
//! - `views/`: the rows of the own list.
//! - `rest/`: the canonical API.
//!
//! To add a command: the aggregate in `inventory-domain`, a variant in `command.rs`, its file in
//! `use_cases/`, its route in `rest/`. To follow another event: its file in `policies/`.

mod command;
mod idempotency;
mod policies;
pub mod rest;
mod service;
mod shops;
mod use_cases;
mod views;
mod watching;

pub use command::{InventoryCommand, InventoryRefusal, InventoryReply, StockWish};
pub use runtime::{KEYS_KEPT_MILLIS, KeyUse};
pub use service::InventoryService;
pub use shops::Shops;
pub use views::{LOW, STOCK};
