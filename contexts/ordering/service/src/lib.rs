//! How ordering runs: it takes orders, follows its neighbours, and tells the order's milestones.
//!
//! The door is [`OrderingService`] (behind a [`runtime::Writer`]) and [`rest::routes`]. Commands
//! come in as [`OrderingCommand`]; what can go wrong is an [`OrderingRefusal`].
//!
//! - `use_cases/`: what people wish (place, cancel, have it brought elsewhere, a step), and what an effect brings back.
//! - `policies/`: whenever payment, inventory, the kitchen or the catalog said something, then this.
//! - `effects/`: asking payment, outside the writer, behind breaker and bulkhead.
//! - `views/`: the row of the own list.
//! - `rest/`: the canonical API.
//!
//! To add a command: a variant in `command.rs`, its file in `use_cases/`, its route in `rest/`.

mod client_key;
mod command;
pub mod effects;
mod follow;
mod paces;
mod policies;
pub mod rest;
mod service;
mod timers;
mod use_cases;
mod views;

pub use client_key::{address_key, client_key};
pub use command::{
    AddressReply, CancelOrder, CancelReply, ChangeAddress, NewLine, NewOrder, NotOpen, OrderingCommand,
    OrderingRefusal, OrderingReply, PlaceOrder, PlaceReply, WishStep, WrongField,
};
pub use follow::has_no_row;
pub use paces::SharedPaces;
pub use service::{OrderingService, SharedShops};
pub use use_cases::replay_body;
pub use views::{ORDERS, order_row};
