//! A file that other processes replace, as it is now.

use std::fmt;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kernel::{Clock, Timestamp};
use serde::de::DeserializeOwned;

/// How long a look at the file is good for: what another process has changed is known so much later.
const LOOKS_EVERY_MILLIS: i64 = 500;

/// What is in a file that is always replaced whole ([`crate::Folder::replace`]); its default where there is
/// none.
pub struct Watched<T> {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen<T>>,
    /// Held by the one who looks at the file.
    looking: Mutex<()>,
}

struct Seen<T> {
    looked_at: Option<Timestamp>,
    stamp: Option<Stamp>,
    value: Arc<T>,
}

/// What differs between a file and the one that has replaced it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    seconds: i64,
    nanoseconds: i64,
    bytes: u64,
}

impl<T: DeserializeOwned + Default> Watched<T> {
    /// The file of this path, which nobody has looked at yet.
    #[must_use]
    pub fn new(path: PathBuf, clock: Arc<dyn Clock>) -> Self {
        let seen = Seen { looked_at: None, stamp: None, value: Arc::default() };
        Self { path, clock, seen: Mutex::new(seen), looking: Mutex::new(()) }
    }

    /// What is in it, as of half a second ago, or as it was while somebody else looks: only the first look
    /// is waited for.
    #[must_use]
    pub fn get(&self) -> Arc<T> {
        let now = self.clock.now();
        let Some(looked_at) = self.seen().looked_at else { return self.get_now() };
        let is_fresh = now.millis_since(looked_at) < LOOKS_EVERY_MILLIS;
        if !is_fresh && let Ok(alone) = self.looking.try_lock() {
            self.look(&alone, now);
        }
        self.seen().value.clone()
    }

    /// What is in it now.
    #[must_use]
    pub fn get_now(&self) -> Arc<T> {
        let alone = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        self.look(&alone, self.clock.now());
        self.seen().value.clone()
    }

    fn seen(&self) -> MutexGuard<'_, Seen<T>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was seen last stands where the file cannot be read: half a file is never there, so somebody
    /// is at work on it by hand.
    fn look(&self, _alone: &MutexGuard<'_, ()>, now: Timestamp) {
        let stamp = std::fs::metadata(&self.path).ok().map(|meta| Stamp {
            inode: meta.ino(),
            seconds: meta.mtime(),
            nanoseconds: meta.mtime_nsec(),
            bytes: meta.size(),
        });
        let is_as_before = stamp == self.seen().stamp;
        let read = if is_as_before { None } else { Some(self.read(stamp)) };
        let mut seen = self.seen();
        seen.looked_at = Some(now);
        match read {
            Some(Ok(value)) => (seen.stamp, seen.value) = (stamp, Arc::new(value)),
            Some(Err(cause)) => {
                tracing::error!(path = %self.path.display(), cause, "a file cannot be read");
            }
            None => {}
        }
    }

    fn read(&self, stamp: Option<Stamp>) -> Result<T, String> {
        if stamp.is_none() {
            return Ok(T::default());
        }
        let bytes = std::fs::read(&self.path).map_err(|error| error.to_string())?;
        serde_json::from_slice(&bytes).map_err(|error| error.to_string())
    }
}

impl<T> fmt::Debug for Watched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watched").field(&self.path).finish()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;
    use crate::Folder;
    use kernel::ManualClock;

    #[test]
    fn a_change_is_seen_half_a_second_later_or_at_once_by_who_asks() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::open(home.path()).unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1)));
        let watched: Watched<Vec<u8>> = Watched::new(folder.path_of("x"), clock.clone());
        let write = |text: &str| folder.replace(&folder.lock().unwrap(), "x", text.as_bytes()).unwrap();

        assert_eq!(*watched.get(), [0_u8; 0]);
        write("[1]");
        assert_eq!(*watched.get(), [0_u8; 0]);
        clock.advance_millis(LOOKS_EVERY_MILLIS);
        assert_eq!(*watched.get(), [1]);
        write("[2]");
        assert_eq!(*watched.get_now(), [2]);
        write("[3");
        assert_eq!(*watched.get_now(), [2], "half a list is none");
        write("[4]");
        assert_eq!(*watched.get_now(), [4]);
        folder.remove(&folder.lock().unwrap(), "x").unwrap();
        assert_eq!(*watched.get_now(), [0_u8; 0]);
    }
}
