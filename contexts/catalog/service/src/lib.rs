//! How the catalog runs: shop files become shops and menus, staff say what is sold out, menus follow
//! the stock where their shops say so.
//!
//! The door is [`CatalogService`] (behind a [`runtime::Writer`]) and [`rest::router`]. Commands
//! come in as [`CatalogCommand`]; what can go wrong is a [`CatalogRefusal`].
//!
//! At `serve` every shop file is brought as [`CatalogCommand::ImportShop`]: it opens a new shop
//! with its menu; for a known shop it replaces the life where that differs and only *says* how the
//! menu differs, since the menu is changed by commands. [`CatalogCommand::ImportMenu`] shows or applies it.
//!
//! - `use_cases/`: what is done to shops and menus.
//! - `timers.rs`: the end of a pause.
//! - `policies/`: whenever inventory said that something ran out or is back, then this.
//! - `views/`: the rows of the own lists.
//! - `rest/`: the canonical API.
//! - `default_shops.rs`: the shops that every program carries.
//!
//! To add a command: the aggregate in
//! `catalog-domain`, a variant in `command.rs`, its file in `use_cases/`, its route in `rest/`.

mod command;
mod default_shops;
mod policies;
pub mod rest;
mod service;
mod short_stock;
mod timers;
mod use_cases;
mod views;

pub use command::{CatalogCommand, CatalogRefusal, CatalogReply, Imported};
pub use default_shops::{DEFAULT_SHOPS, DefaultShop};
pub use service::CatalogService;
pub use views::{MENU_ITEMS, SHOPS};
