//! What tracking keeps: stories with their steps, the live stream, and the generations of both.

mod fold;
mod generation;
mod steps;
mod stories;

pub(crate) use fold::fold_event;
pub use generation::Generation;
pub(crate) use generation::shop_stream_id;
pub(crate) use steps::{Steps, timeline};
pub use stories::{CHANGES, STORIES, story_hash, story_of as shown_story};
pub(crate) use stories::{StoredStory, changes_of, stored_story, story_of, write_changed};
