use uuid::Uuid;

/// How a journal is kept. The default is what ships.
#[derive(Debug, Clone)]
pub struct Options {
    /// The page cache of the writer, in KiB.
    pub cache_kibibytes: u32,
    /// The page cache of each reader, in KiB.
    pub reader_cache_kibibytes: u32,
    /// So much new log wakes the checkpointer, in bytes.
    pub checkpoint_bytes: u64,
    /// At this size the writer itself resets the log, in bytes; past four times of it
    /// [`journal::Journal::must_shed`] says so.
    pub log_cap_bytes: u64,
    /// Whether a thread of its own moves the log into the file; without it
    /// [`journal::Journal::tidy_up`] does.
    pub checkpointer: bool,
    /// How long to wait for another connection's lock, in milliseconds.
    pub busy_timeout_millis: u32,
    /// The id of a journal that is made new; `None` lets SQLite draw one.
    pub new_journal: Option<Uuid>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_kibibytes: 4 * 1024,
            reader_cache_kibibytes: 512,
            checkpoint_bytes: 8 << 20,
            log_cap_bytes: 32 << 20,
            checkpointer: true,
            busy_timeout_millis: 5_000,
            new_journal: None,
        }
    }
}
