//! What is put to the test: a store that can be opened, written, read whole and opened again.
//!
//! To test another store: implement [`Subject`] for it in a file of its own, and give it a
//! variant and a name in [`SubjectKind`].

mod probe;
mod product;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::bail;

pub use probe::Flaw;

use crate::script::{Contents, Step};

/// Why a store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It says that what it reads is not what was written.
    Damaged(String),
    /// It does not take the files for its own.
    Refused(String),
    /// It says that the disk failed and that it must not go on.
    Stopped(String),
    /// Anything else, which after a mere power cut or damage is never right.
    Other(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(cause) => write!(f, "damage reported: {cause}"),
            Self::Refused(cause) => write!(f, "refused: {cause}"),
            Self::Stopped(cause) => write!(f, "stopped: {cause}"),
            Self::Other(cause) => write!(f, "failed: {cause}"),
        }
    }
}

impl std::error::Error for Failure {}

/// What a neighbour that reads this store remembers of it (decision 5): with either changed to
/// something that cannot follow, it refuses to go on. In the product that is
/// `runtime::Processor::meet_source`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// Which journal, and which life of it.
    pub identity: String,
    /// The last position read.
    pub position: u64,
}

impl Bookmark {
    /// Whether a neighbour with this bookmark refuses a store that now says `now`.
    #[must_use]
    pub fn refuses(&self, now: &Self) -> bool {
        self.identity != now.identity || self.position > now.position
    }
}

/// A store under test, opened for writing.
pub trait Subject {
    /// Commits one batch and returns once it is safe.
    ///
    /// # Errors
    /// When it is not.
    fn commit(&mut self, step: &Step) -> Result<(), Failure>;

    /// The housekeeping that the product does beside its work: checkpoints.
    ///
    /// # Errors
    /// When the disk failed.
    fn tidy_up(&mut self) -> Result<(), Failure>;

    /// Whether the product would now refuse new orders.
    fn must_shed(&self) -> bool {
        false
    }

    /// Reads everything, every check included that the store has.
    ///
    /// # Errors
    /// When something does not fit.
    fn contents(&mut self) -> Result<Contents, Failure>;

    /// What a neighbour that has read everything remembers.
    ///
    /// # Errors
    /// When the store cannot tell.
    fn bookmark(&mut self) -> Result<Bookmark, Failure>;
}

/// Which store is put to the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectKind {
    /// The shipped store.
    Journal,
    /// The shipped store without the thread that moves the log: everything in one order.
    JournalOneThread,
    /// A small store of the harness's own, with a flaw or without: the negative controls.
    Probe(Flaw),
}

impl SubjectKind {
    /// Every subject.
    pub const ALL: [Self; 5] = [
        Self::Journal,
        Self::JournalOneThread,
        Self::Probe(Flaw::None),
        Self::Probe(Flaw::SyncNormal),
        Self::Probe(Flaw::EventApart),
    ];

    /// Its name, as in a plan.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Journal => "journal",
            Self::JournalOneThread => "journal-in-one-thread",
            Self::Probe(Flaw::None) => "probe",
            Self::Probe(Flaw::SyncNormal) => "probe-with-synchronous-normal",
            Self::Probe(Flaw::EventApart) => "probe-with-events-apart",
        }
    }

    /// Whether it sheds when its log cannot be reset.
    #[must_use]
    pub const fn sheds(self) -> bool {
        match self {
            Self::Journal | Self::JournalOneThread => true,
            Self::Probe(_) => false,
        }
    }

    /// Whether a thread of its own moves the log.
    #[must_use]
    pub const fn has_checkpointer(self) -> bool {
        matches!(self, Self::Journal)
    }

    /// The same store with everything in one thread.
    #[must_use]
    pub const fn in_one_thread(self) -> Self {
        match self {
            Self::Journal => Self::JournalOneThread,
            other => other,
        }
    }

    /// The store's database file.
    #[must_use]
    pub fn database_file(self, folder: &Path) -> PathBuf {
        match self {
            Self::Journal | Self::JournalOneThread => product::database_file(folder),
            Self::Probe(_) => folder.join("probe.db"),
        }
    }

    /// Opens the store in a folder, making it if there is none. Recovery happens here.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(self, folder: &Path) -> Result<Box<dyn Subject>, Failure> {
        match self {
            Self::Journal | Self::JournalOneThread => {
                Ok(Box::new(product::Product::open(folder, self.has_checkpointer())?))
            }
            Self::Probe(flaw) => Ok(Box::new(probe::Probe::open(folder, flaw)?)),
        }
    }
}

impl FromStr for SubjectKind {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Self::ALL.into_iter().find(|kind| kind.name() == text) {
            Some(kind) => Ok(kind),
            None => bail!("unknown subject {text}"),
        }
    }
}
