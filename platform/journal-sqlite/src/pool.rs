use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use journal::StoreError;

use crate::{Options, SqliteReader};

/// Readers of one journal for many threads. Checking out never waits: a further reader is opened
/// when none is free, and closed afterwards when enough are kept. Clones share the readers.
#[derive(Clone)]
pub struct ReaderPool {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    options: Options,
    kept_max: usize,
    free: Mutex<Vec<SqliteReader>>,
}

/// A reader that goes back into its pool when it is dropped.
pub struct PooledReader {
    /// There until it is dropped.
    reader: Option<SqliteReader>,
    shared: Arc<Shared>,
}

impl ReaderPool {
    /// A pool that keeps up to `kept_max` readers open; none is opened yet.
    #[must_use]
    pub fn new(path: PathBuf, options: Options, kept_max: usize) -> Self {
        let shared = Shared { path, options, kept_max, free: Mutex::default() };
        Self { shared: Arc::new(shared) }
    }

    /// A reader for the time of one request.
    ///
    /// # Errors
    /// As [`SqliteReader::open`], when one has to be opened.
    pub fn checkout(&self) -> Result<PooledReader, StoreError> {
        let free = self.shared.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = match free {
            Some(reader) => reader,
            None => SqliteReader::open_with(&self.shared.path, &self.shared.options)?,
        };
        Ok(PooledReader { reader: Some(reader), shared: Arc::clone(&self.shared) })
    }
}

impl Deref for PooledReader {
    type Target = SqliteReader;

    fn deref(&self) -> &SqliteReader {
        match &self.reader {
            Some(reader) => reader,
            None => unreachable!("a reader leaves its guard only when the guard is dropped"),
        }
    }
}

impl DerefMut for PooledReader {
    fn deref_mut(&mut self) -> &mut SqliteReader {
        match &mut self.reader {
            Some(reader) => reader,
            None => unreachable!("a reader leaves its guard only when the guard is dropped"),
        }
    }
}

impl Drop for PooledReader {
    fn drop(&mut self) {
        // A reader that a panic passed through may stand in the middle of something.
        if std::thread::panicking() {
            return;
        }
        let mut free = self.shared.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < self.shared.kept_max {
            free.extend(self.reader.take());
        }
    }
}
