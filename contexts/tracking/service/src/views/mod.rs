//! What tracking keeps: stories, their timelines, the live stream, and the generations of all three.

mod fold;
mod generation;
mod stories;

pub(crate) use fold::fold_event;
pub use generation::Generation;
pub(crate) use generation::shop_stream_id;
pub use stories::{CHANGES, STORIES, TIMELINE, story_hash, story_of as shown_story};
pub(crate) use stories::{StoredEntry, read_timeline, story_of, write_changed};
