//! How tracking runs: it follows every journal and keeps the story of every order.
//!
//! It decides nothing and publishes nothing. [`TrackingService`] folds neighbours' events into
//! stories, in memory while a batch lasts, and writes each story once per batch; its timeline and
//! the live stream are appended. The view has generations: [`Command::Rebuild`] makes the next one
//! beside the live one, from the journals, and switches when it has caught up - in one transaction,
//! so that no reader sees an older, empty or mixed view.
//!
//! - `views/`: stories (rows, timeline, live stream), the days of shops, and their generations.
//! - `use_cases/`: beginning a rebuild, and its steps.
//! - `rest/`: stories, lists, search, live streams; why an order waits, the board of a shop, its days,
//!   tables of them, receipts.
//!
//! To keep another view: its fold and its generations in `views/`, its step in `use_cases/rebuild.rs`, its
//! route in `rest/`, its name in `jumun rebuild`. To change how stories are folded: `tracking-domain`,
//! then a rebuild.

mod memory;
pub mod rest;
mod service;
mod shops;
mod use_cases;
mod views;

pub use service::{Command, Refusal, Reply, SOURCES, TrackingService};
pub use shops::SharedShops;
pub use use_cases::RebuildProgress;
pub use views::{
    CHANGES, DAYS, Generation, STORIES, all_censuses, all_days, day_of, shown_story, story_hash,
};
