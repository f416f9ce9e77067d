//! What tracking shows: the story of every order, from events only.
//!
//! Tracking publishes no events; it is the end of every stream. Its views are rebuilt from the
//! journals of the others.

mod views;

pub use views::{StoryChange, StoryLine, StoryPage, StoryView, TimelineEntry};

/// The role's name.
pub const ROLE: &str = "tracking";
