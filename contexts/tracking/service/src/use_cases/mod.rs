//! What operators wish of tracking.

mod rebuild;

pub use rebuild::RebuildProgress;
pub(crate) use rebuild::{Rebuild, begin};
