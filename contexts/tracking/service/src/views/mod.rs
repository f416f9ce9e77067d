//! What tracking keeps: stories with their steps, the live stream, days, how many there are; and the generations of all.

mod census;
mod days;
mod fold;
mod generation;
mod steps;
mod stories;

pub(crate) use census::CENSUS;
pub use census::all_censuses;
pub(crate) use census::{CensusHeard, census_of, write_census};
pub use days::{DAYS, all_days, day_of};
pub(crate) use days::{DaysHeard, date_of, day_id, day_number, write_days};
pub(crate) use fold::fold_event;
pub use generation::Generation;
pub(crate) use generation::shop_stream_id;
pub(crate) use steps::{Steps, StoredStep, timeline};
pub use stories::{CHANGES, STORIES, story_hash, story_of as shown_story};
pub(crate) use stories::{StoredStory, changes_of, stored_story, story_of, write_changed};
