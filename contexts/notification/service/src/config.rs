use std::collections::BTreeSet;

use catalog_contract::Channel;

/// How messages are sent. Times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationConfig {
    /// How long a first attempt is left alone before it is taken for lost (with its program) and made
    /// again; longer than [`Self::call_timeout_millis`]. Later ones have five seconds at least.
    pub lease_millis: i64,
    /// How long one call to a webhook may take. All webhooks of a shop are called at once, so that a message
    /// takes no longer, which is less than the shortest lease.
    pub call_timeout_millis: u64,
    /// The channels that whoever runs the program has set up; the others of that kind lead nowhere.
    pub set_up: BTreeSet<Channel>,
    /// How long after the first, second .. attempt in vain the next one is made; the last of them
    /// stands for all that follow.
    pub retry_after_millis: &'static [i64],
    /// Attempts on a channel before the next one is tried.
    pub attempts_before_next: u32,
    /// Attempts on the last channel before the message is given up.
    pub attempts_max: u32,
    /// How long calls are signed with the secret before, too, once it was rotated.
    pub previous_secret_millis: i64,
    /// Messages told again at once, at most.
    pub replay_page: usize,
    /// How long after its first call a page begins another one. With the last of them it is over before the
    /// shortest lease is.
    pub replay_page_millis: i64,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

impl Default for NotificationConfig {
    fn default() -> Self {
        Self {
            lease_millis: 14 * SECOND,
            call_timeout_millis: 4_000,
            set_up: BTreeSet::new(),
            retry_after_millis: &[
                SECOND,
                5 * SECOND,
                30 * SECOND,
                5 * MINUTE,
                30 * MINUTE,
                2 * HOUR,
                5 * HOUR,
                10 * HOUR,
                14 * HOUR,
                20 * HOUR,
                24 * HOUR,
            ],
            attempts_before_next: 3,
            attempts_max: 12,
            previous_secret_millis: 24 * HOUR,
            replay_page: 20,
            replay_page_millis: 500,
        }
    }
}

/// How long a message waits for a channel that is down before it looks again, at most.
const HELD_MAX_MILLIS: i64 = MINUTE;

impl NotificationConfig {
    /// How long a message waits for a channel that is down or busy, after so many looks in vain.
    #[must_use]
    pub(crate) fn held_millis(held: u32) -> i64 {
        SECOND.saturating_mul(1 << held.min(6)).min(HELD_MAX_MILLIS)
    }

    /// How long to wait after so many attempts in vain.
    #[must_use]
    pub(crate) fn backoff_millis(&self, attempt: u32) -> i64 {
        let index = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
        let waits = self.retry_after_millis;
        waits.get(index).or(waits.last()).copied().unwrap_or(MINUTE)
    }
}
