use std::fmt;

/// The store broke: nothing of the batch may be answered. Never a business refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// The disk did not take it (sync failed, disk full): stop acknowledging, exit, recover.
    Fatal(String),
    /// Another writer was there first: a stream stood at another version than expected.
    Conflict {
        /// The stream.
        stream: String,
        /// The version that the batch expected to write.
        expected: u64,
    },
    /// What was read is not what was written.
    Damaged {
        /// Where, such as `events at position 7`.
        place: String,
        /// What does not fit.
        detail: String,
    },
    /// The store cannot answer now; trying again may help.
    Unavailable(String),
    /// The store is not what it should be (wrong version, wrong service, wrong settings).
    Unfit(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fatal(cause) => write!(f, "the store failed and the writer must stop: {cause}"),
            Self::Conflict { stream, expected } => {
                write!(f, "stream {stream} is not at version {}", expected - 1)
            }
            Self::Damaged { place, detail } => write!(f, "damage found in {place}: {detail}"),
            Self::Unavailable(cause) => write!(f, "the store cannot answer now: {cause}"),
            Self::Unfit(cause) => write!(f, "the store cannot be used: {cause}"),
        }
    }
}

impl std::error::Error for StoreError {}
