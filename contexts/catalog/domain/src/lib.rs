//! What the catalog decides: which shops there are, what the life of an order is in each, what
//! they sell; and whether a shop file is understood.
//!
//! ```text
//!   shop file --read--> ShopFile --Define, DefineItem--> Shop: Unknown -> Open --> events
//! ```
//!
//! Invariants: a shop's life is replaced as a whole, never changed in place (orders stay pinned to
//! the one they began with); every price of a menu is in the shop's currency and no choice of
//! options makes one less than nothing; stock is used only where the shop holds stock; the
//! sold-out switch survives a new definition of the item; what stock closes of an item opens again with
//! the stock, and never what was closed by hand.
//!
//! To add a rule to the life of an order: see [`ShopFile`] for its key in the file,
//! `catalog-contract` for its field, `drawing.rs` for its place in the picture.

mod difference;
mod drawing;
mod life_hash;
mod listing;
mod menu_rules;
mod shop;
mod shop_file;
mod stages;

pub use difference::difference;
pub use drawing::{draw_life, mermaid_life};
pub use life_hash::life_hash;
pub use listing::{shop_line, show_shop};
pub use shop::{OpenShop, Shop, ShopCommand, ShopRejection};
pub use shop_file::{Diagnostic, Mistakes, ShopFile, shop_file_schema};
pub use stages::stages_of;
