//! What inventory decides: what is on the shelf, and what of it is held for whom.
//!
//! ```text
//! reservation     nothing ──reserve──▶ held ──consume──▶ consumed
//!    (order)         │  │                └───release──▶ released
//!                    │  └──reserve, something is short──▶ short
//!                    └──release before any reserve──▶ released (it will never hold anything)
//!
//! stock item      unknown ──receive──▶ kept: available ⇄ reserved ──▶ consumed
//!    (shop, item)                            └──adjust──▶ spoiled
//! ```
//!
//! Invariants:
//!
//! - `available + reserved + consumed + spoiled = received + found`, and none is ever below zero.
//! - An order holds all that it needs or nothing at all.
//! - What is held is consumed or released exactly once. The reservation is the guard of that; the
//!   stock items follow it in the same transaction.
//! - That an item runs low is told once, until it no longer does; so is that fewer are there than the menu
//!   needs, and anew with each count below.
//! - An order that was let go before it was heard of holds nothing, ever.
//!
//! To add a rule: the command and `decide` of the aggregate it belongs to, its test in
//! `tests/rules/`.

mod needs;
mod reservation;
mod stock_item;

pub use needs::Needs;
pub use reservation::{Reservation, ReservationCommand, ReservationRejection};
pub use stock_item::{
    COUNT_MAX, Counts, QUANTITY_MAX, StockItem, StockItemCommand, StockItemRejection, Watch,
};
