//! A line of JSON per message, appended to one file.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::effects::Letter;

/// The file of messages.
#[derive(Debug)]
pub(super) struct MessageFile {
    path: PathBuf,
    writing: Mutex<()>,
}

impl MessageFile {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path, writing: Mutex::new(()) }
    }

    /// Appends the message. The file is opened every time, so that it may be moved away.
    pub(super) fn put(&self, letter: &Letter) -> Result<(), String> {
        let mut line = serde_json::to_vec(letter).map_err(|error| error.to_string())?;
        line.push(b'\n');
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let file = OpenOptions::new().create(true).append(true).open(&self.path);
        file.and_then(|mut file| file.write_all(&line)).map_err(|error| error.kind().to_string())
    }
}
