//! The sandbox as a provider: the book in a file, answers as late as the token says.
//!
//! A line is written before its answer leaves, so a killed program loses none of them (what was
//! written is the operating system's). Syncing is [`Sandbox::sync`]'s, off the path of orders: only
//! a power cut can take the last lines, as it could not from a real provider.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::book::{Handled, SandboxBook};
use super::line::BookLine;
use crate::provider::{Answering, Provider, ProviderAnswer, ProviderCall};

/// The book could not be opened.
#[derive(Debug)]
pub enum SandboxError {
    /// The file cannot be read or written.
    Io(io::Error),
    /// A line is none of ours.
    Damaged {
        /// Which line, from 1.
        line: usize,
        /// What does not fit.
        cause: String,
    },
}

impl fmt::Display for SandboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the sandbox's book cannot be used: {error}"),
            Self::Damaged { line, cause } => {
                write!(f, "line {line} of the sandbox's book is damaged: {cause}")
            }
        }
    }
}

impl std::error::Error for SandboxError {}

impl From<io::Error> for SandboxError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The sandbox provider.
pub struct Sandbox(Mutex<Kept>);

struct Kept {
    book: SandboxBook,
    file: Option<File>,
}

impl Sandbox {
    /// A sandbox that forgets everything with the program.
    #[must_use]
    pub fn in_memory() -> Self {
        Self(Mutex::new(Kept { book: SandboxBook::default(), file: None }))
    }

    /// A sandbox whose book is kept in a file, made where it is missing.
    ///
    /// # Errors
    /// When the file cannot be used, or is no book.
    pub fn open(path: &Path) -> Result<Self, SandboxError> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let (book, whole_len) = read(&mut file)?;
        // A write that a kill cut in two was never answered.
        file.set_len(whole_len)?;
        Ok(Self(Mutex::new(Kept { book, file: Some(file) })))
    }

    /// The book as it stands.
    pub fn with_book<T>(&self, look: impl FnOnce(&SandboxBook) -> T) -> T {
        look(&self.lock().book)
    }

    /// Writes what was written to the disk. Meant to be called every few seconds, off the path of
    /// orders; it blocks.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn sync(&self) -> io::Result<()> {
        let file = self.lock().file.as_ref().map(File::try_clone).transpose()?;
        file.map_or(Ok(()), |file| file.sync_data())
    }

    fn handle(&self, call: &ProviderCall) -> Handled {
        let mut kept = self.lock();
        let handled = kept.book.judge(call);
        match (&handled.line, &mut kept.file) {
            (Some(line), Some(file)) => {
                if let Err(error) = file.write_all(&line.to_bytes()) {
                    let cause = format!("the sandbox cannot write its book: {error}");
                    return Handled { answer: ProviderAnswer::Unknown { cause }, line: None, ..handled };
                }
                kept.book.apply(line);
            }
            (Some(line), None) => kept.book.apply(line),
            (None, _) => kept.book.note_failure(call, &handled),
        }
        handled
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SandboxBook {
    /// Reads a book's file; an empty book where there is none.
    ///
    /// # Errors
    /// When the file cannot be read, or is no book.
    pub fn load(path: &Path) -> Result<Self, SandboxError> {
        match File::open(path) {
            Ok(mut file) => Ok(read(&mut file)?.0),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The book of a file, and how long the file is up to its last whole line.
fn read(file: &mut File) -> Result<(SandboxBook, u64), SandboxError> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let whole_len = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mut book = SandboxBook::default();
    for (index, text) in bytes[..whole_len].split_inclusive(|byte| *byte == b'\n').enumerate() {
        let line: BookLine = serde_json::from_slice(text)
            .map_err(|error| SandboxError::Damaged { line: index + 1, cause: error.to_string() })?;
        book.apply(&line);
    }
    Ok((book, whole_len as u64))
}

impl Provider for Sandbox {
    fn call(&self, call: ProviderCall) -> Answering<'_> {
        Box::pin(async move {
            let handled = self.handle(&call);
            if handled.reply_lost {
                return std::future::pending().await;
            }
            if let Ok(millis @ 1..) = u64::try_from(handled.delay_millis) {
                tokio::time::sleep(Duration::from_millis(millis)).await;
            }
            handled.answer
        })
    }
}
