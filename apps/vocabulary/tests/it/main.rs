//! What the words of the house's shops come to.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod documents;
