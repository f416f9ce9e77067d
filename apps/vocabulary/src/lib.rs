//! Each shop's own words over HTTP: a translation to and from the canonical API, and nothing else.
//!
//! A request in a shop's words becomes requests of the canonical API, sent through the same router as
//! everybody's; what comes back is shown as HAL in the shop's words. Nothing is decided here, nothing is
//! kept, and no shop is known by name: its words are a [`catalog_contract::Vocabulary`], read from its
//! file and told by the catalog.
//!
//! [`Door`] takes what no canonical route takes. `address.rs` finds the collection, `facts.rs` holds what
//! rows are shown from, `shown.rs` shows them; one file per thing that is done: `create.rs`, `change.rs`,
//! `find.rs`, `list.rs`, `profile.rs`. To add a meaning of a field: a variant of `FieldMeaning` in the catalog's
//! contract, its arms in `facts.rs` and `shown.rs`, and in `create.rs` where clients say it.

mod address;
mod allowed;
mod answers;
mod canonical;
mod change;
mod create;
mod door;
mod facts;
mod find;
mod list;
mod openapi;
mod patience;
mod problems;
mod profile;
mod said;
mod shown;
mod speech;

pub use door::{Door, DoorSettings, SharedShops};
pub use openapi::document;
