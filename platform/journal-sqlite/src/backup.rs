//! One cut over the journals of all roles, copied and laid out again.
//!
//! Roles read each other's journals in circles, so files copied one after the other never fit
//! together. A [`Cut`] holds every writer for some milliseconds, of whatever process, pins a view
//! of every file, and lets them go on; what is read and copied afterwards is of one moment.

mod copy;
mod cut;
mod manifest;
mod restore;

pub use copy::{Progress, backup};
pub use cut::Cut;
pub use manifest::{JournalCopy, MANIFEST_NAME, Manifest};
pub(crate) use restore::UNFINISHED;
pub use restore::restore;
