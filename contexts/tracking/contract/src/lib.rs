//! What tracking shows: the story of every order, from events only.
//!
//! Tracking publishes no events; it is the end of every stream. Its views are rebuilt from the
//! journals of the others.
//!
//! To show something more: a field in `views.rs`, its fold in `tracking-domain`, and a rebuild of the
//! view (`jumun rebuild stories`) wherever stories are kept already.

mod views;

pub use views::{StoryChange, StoryLine, StoryPage, StoryView, TimelineEntry};

/// The role's name.
pub const ROLE: &str = "tracking";
