//! The sandbox as a provider: the book in a file, answers as late as the token says.
//!
//! A line is written before its answer leaves, so a killed program loses none of them (what was
//! written is the operating system's). Syncing is [`Sandbox::keep_synced`]'s, off the path of orders: only
//! a power cut can take the last lines, as it could not from a real provider.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;

use super::book::{Handled, SandboxBook};
use super::line::BookLine;
use super::shelf::Shelf;
use crate::provider::callback::Callback;
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

/// The sandbox provider. Its book is looked through beside the start of the program, so that a long one
/// does not hold that up: this is the provider's memory, not ours. The first call waits for it.
pub struct Sandbox {
    path: Option<PathBuf>,
    kept: OnceCell<Arc<Mutex<Kept>>>,
    line: OnceLock<Arc<CallbackLine>>,
}

/// The line that the sandbox calls back through: it is given the call's id and what is told, signs it and
/// brings it to whoever listens. What becomes of it is theirs.
pub struct CallbackLine(pub Box<dyn Fn(String, Callback) + Send + Sync>);

struct Kept {
    book: SandboxBook,
    shelf: Shelf,
    file: Option<BookFile>,
}

struct BookFile {
    file: File,
    /// How long it is up to its last whole line.
    len: u64,
}

/// What is read at once of a line that is looked up, and of a book that is read through.
const LINE_BYTES: usize = 512;
const READ_BYTES: usize = 256 * 1024;

/// The name that the book's file goes by, in the folder of whoever keeps it.
pub const BOOK_FILE: &str = "sandbox-book";

impl Sandbox {
    /// A sandbox that forgets everything with the program.
    #[must_use]
    pub const fn in_memory() -> Self {
        Self { path: None, kept: OnceCell::const_new(), line: OnceLock::new() }
    }

    /// A sandbox whose book is kept in a file, made where it is missing.
    ///
    /// # Errors
    /// When the file cannot be written. What is wrong inside shows at the first call.
    pub fn open(path: &Path) -> io::Result<Self> {
        OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Self { path: Some(path.to_owned()), kept: OnceCell::const_new(), line: OnceLock::new() })
    }

    /// Lets it call back from now on; the first line stays.
    pub fn call_back_through(&self, line: CallbackLine) {
        drop(self.line.set(Arc::new(line)));
    }

    /// Calls back as the token says, beside the answer: whoever listens must bear either to come first.
    fn call_back(&self, handled: &Handled) {
        let (Some(line), Some(calling), Some(callback)) =
            (self.line.get().cloned(), handled.calling_back, handled.callback())
        else {
            return;
        };
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(calling.after_millis.unsigned_abs())).await;
            let id = format!("callback/{}", callback.key);
            for _ in 0..calling.times {
                (line.0)(id.clone(), callback.clone());
            }
        });
    }

    /// Looks through the book, then writes to the disk what was written, every so often, for as long as it
    /// is polled.
    pub async fn keep_synced(&self, every: Duration) {
        if let Err(error) = self.kept().await {
            tracing::error!(%error, "the sandbox cannot be asked");
        }
        loop {
            tokio::time::sleep(every).await;
            if let Err(error) = self.sync().await {
                tracing::warn!(%error, "the sandbox's book could not be synced");
            }
        }
    }

    async fn sync(&self) -> io::Result<()> {
        let Some(kept) = self.kept.get() else {
            return Ok(());
        };
        let file = lock(kept).file.as_ref().map(|book| book.file.try_clone()).transpose()?;
        match file {
            Some(file) => {
                tokio::task::spawn_blocking(move || file.sync_data()).await.map_err(io::Error::other)?
            }
            None => Ok(()),
        }
    }

    async fn kept(&self) -> Result<&Arc<Mutex<Kept>>, SandboxError> {
        let open = || async {
            let kept = match self.path.clone() {
                None => Kept { book: SandboxBook::default(), shelf: Shelf::default(), file: None },
                Some(path) => tokio::task::spawn_blocking(move || Kept::open(&path))
                    .await
                    .map_err(io::Error::other)??,
            };
            Ok(Arc::new(Mutex::new(kept)))
        };
        self.kept.get_or_try_init(open).await
    }

    async fn handle(&self, call: &ProviderCall) -> Handled {
        match self.kept().await {
            Ok(kept) => lock(kept).handle(call),
            Err(error) => {
                tracing::error!(%error, "the sandbox cannot be asked");
                unknown(error.to_string())
            }
        }
    }
}

impl Kept {
    fn open(path: &Path) -> Result<Self, SandboxError> {
        let mut file = OpenOptions::new().read(true).append(true).open(path)?;
        let (shelf, len) = Shelf::look_through(&mut file)?;
        // A write that a kill cut in two was never answered.
        file.set_len(len)?;
        Ok(Self { book: shelf.begin_book(), shelf, file: Some(BookFile { file, len }) })
    }

    fn handle(&mut self, call: &ProviderCall) -> Handled {
        if let Some(BookFile { file, .. }) = &mut self.file
            && let Err(error) = self.shelf.take_up(call, file, &mut self.book)
        {
            return unknown(format!("the sandbox cannot read its book: {error}"));
        }
        let handled = self.book.judge(call);
        if let (Some(line), Some(file)) = (&handled.line, &mut self.file)
            && let Err(error) = file.append(line)
        {
            return unknown(format!("the sandbox cannot write its book: {error}"));
        }
        if let Some(line) = &handled.line {
            self.book.apply(line);
        }
        self.book.note(call, &handled);
        handled
    }
}

impl BookFile {
    fn append(&mut self, line: &BookLine) -> io::Result<()> {
        let bytes = line.to_bytes();
        if let Err(error) = self.file.write_all(&bytes) {
            // Half a line would spoil the next one.
            self.file.set_len(self.len)?;
            return Err(error);
        }
        self.len += bytes.len() as u64;
        Ok(())
    }
}

fn unknown(cause: String) -> Handled {
    let answer = ProviderAnswer::Unknown { cause };
    Handled { answer, delay_millis: 0, reply_lost: false, line: None, calling_back: None }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SandboxBook {
    /// Reads a book's file; an empty book where there is none.
    ///
    /// # Errors
    /// When the file cannot be read, or is no book.
    pub fn load(path: &Path) -> Result<Self, SandboxError> {
        match File::open(path) {
            Ok(mut file) => {
                let mut book = Self::default();
                lines(&mut file, 0, usize::MAX, |text, _| {
                    book.apply(&serde_json::from_slice(text)?);
                    Ok(())
                })?;
                Ok(book)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Reads what a book's file has from a byte on, up to so many lines; nothing where there is no file. Answers
/// where the last whole line ends that was read.
pub(crate) fn read_lines(
    path: &Path,
    from: u64,
    lines_max: usize,
    mut take: impl FnMut(&BookLine),
) -> Result<u64, SandboxError> {
    match File::open(path) {
        Ok(mut file) => lines(&mut file, from, lines_max, |text, _| {
            take(&serde_json::from_slice(text)?);
            Ok(())
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(from),
        Err(error) => Err(error.into()),
    }
}

/// The line that begins at a byte.
pub(crate) fn line_at(file: &mut File, at: u64) -> io::Result<BookLine> {
    file.seek(SeekFrom::Start(at))?;
    let mut text = Vec::new();
    BufReader::with_capacity(LINE_BYTES, file).read_until(b'\n', &mut text)?;
    serde_json::from_slice(&text).map_err(io::Error::other)
}

/// Hands over the text of up to so many lines and where each begins; answers where the last whole one ends.
///
/// Power that fails takes what was not synced: the file ends within a line, or has zeros where something
/// was written. Neither spoils what stands before, or whole behind it.
pub(crate) fn lines(
    file: &mut File,
    from: u64,
    lines_max: usize,
    mut take: impl FnMut(&[u8], u64) -> serde_json::Result<()>,
) -> Result<u64, SandboxError> {
    let mut start = file.seek(SeekFrom::Start(from))?;
    let mut reader = BufReader::with_capacity(READ_BYTES, file);
    let (mut whole_len, mut text, mut number) = (start, Vec::new(), 0);
    loop {
        if number == lines_max {
            return Ok(whole_len);
        }
        text.clear();
        let len = reader.read_until(b'\n', &mut text)?;
        number += 1;
        if text.last() != Some(&b'\n') {
            return Ok(whole_len);
        }
        let hole = text.iter().rposition(|byte| *byte == 0);
        let begins = hole.map_or(0, |at| at + 1);
        let taken = take(&text[begins..], start + begins as u64);
        start += len as u64;
        match (taken, hole) {
            (Ok(()), _) => whole_len = start,
            (Err(_), Some(_)) => {
                tracing::warn!(line = number, "a torn line of the sandbox's book is left out")
            }
            (Err(error), None) => {
                return Err(SandboxError::Damaged { line: number, cause: error.to_string() });
            }
        }
    }
}

impl Provider for Sandbox {
    fn call(&self, call: ProviderCall) -> Answering<'_> {
        Box::pin(async move {
            let handled = self.handle(&call).await;
            if handled.reply_lost {
                return std::future::pending().await;
            }
            self.call_back(&handled);
            if let Ok(millis @ 1..) = u64::try_from(handled.delay_millis) {
                tokio::time::sleep(Duration::from_millis(millis)).await;
            }
            handled.answer
        })
    }
}
