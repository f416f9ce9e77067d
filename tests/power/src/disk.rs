//! The model of a disk: what has certainly been kept, and what a power cut may still take.
//!
//! The promises taken from a file system are those of ext4 and xfs in practice:
//! - a sync that returned success keeps every change of that file made before the sync *began*;
//! - it keeps the file's name too, if the file was created before, with the folders above it;
//! - other changes of names (removal, renaming) are kept by a sync of their folder;
//! - everything else may be kept, lost, torn or reordered as it pleases;
//! - after a *failed* sync the changes it should have kept are doubtful for ever: Linux marks the
//!   pages clean, and a later sync that succeeds says nothing about them. Only where a page is
//!   written again do the doubtful bytes in it share the new fate.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use crate::format::{Kind, OPEN_CREATED, OPEN_DIRECTORY};
use crate::trace::{Record, Trace};

/// A file of the model: inode numbers are used again, these are not.
pub type FileKey = usize;

const PAGE: u64 = 4096;

/// A change of a file's content, by reference to the trace.
#[derive(Debug, Clone)]
pub struct Change {
    /// Which record it came from.
    pub record: usize,
    /// What was done.
    pub deed: Deed,
    doubtful: bool,
}

/// What was done to a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// The record's payload was written there.
    Write {
        /// First byte.
        offset: u64,
        /// How many.
        length: u64,
    },
    /// The file got this length.
    Truncate(u64),
}

impl Deed {
    fn pages(self) -> std::ops::Range<u64> {
        match self {
            Self::Write { offset, length } => offset / PAGE..(offset + length).div_ceil(PAGE),
            Self::Truncate(length) => length / PAGE..u64::MAX,
        }
    }

    fn shares_a_page_with(self, other: Self) -> bool {
        let (mine, theirs) = (self.pages(), other.pages());
        mine.start < theirs.end && theirs.start < mine.end
    }
}

/// A file: what is kept for certain, and what came after.
#[derive(Debug, Clone, Default)]
pub struct FileState {
    /// The content that every power cut leaves.
    pub kept: Vec<u8>,
    /// The changes that a power cut may take.
    pub pending: Vec<Change>,
}

/// A change of names that no sync has covered yet.
#[derive(Debug, Clone)]
pub struct NameChange {
    record: usize,
    /// What was done.
    pub deed: NameDeed,
}

/// What was done to a name. Paths are relative to the recorded folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameDeed {
    /// A file appeared.
    Create(String, FileKey),
    /// A folder appeared.
    MakeDirectory(String),
    /// A file or folder disappeared.
    Remove(String, Option<FileKey>),
    /// A file moved.
    Rename(String, String, FileKey),
}

impl NameDeed {
    const fn file(&self) -> Option<FileKey> {
        match self {
            Self::Create(_, file) | Self::Rename(_, _, file) => Some(*file),
            Self::Remove(_, file) => *file,
            Self::MakeDirectory(_) => None,
        }
    }
}

/// The names of a folder tree, itself included as the empty name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Files by path.
    pub files: BTreeMap<String, FileKey>,
    /// Folders.
    pub directories: std::collections::BTreeSet<String>,
}

impl Names {
    /// Does what was done, as far as it still fits.
    pub fn apply(&mut self, deed: &NameDeed) {
        match deed {
            NameDeed::Create(path, file) => {
                self.files.insert(path.clone(), *file);
            }
            NameDeed::MakeDirectory(path) => {
                self.directories.insert(path.clone());
            }
            NameDeed::Remove(path, None) => {
                self.directories.remove(path);
            }
            NameDeed::Remove(path, Some(file)) => {
                if self.files.get(path) == Some(file) {
                    self.files.remove(path);
                }
            }
            NameDeed::Rename(from, to, file) => {
                if self.files.get(from) == Some(file) {
                    self.files.remove(from);
                }
                self.files.insert(to.clone(), *file);
            }
        }
    }
}

/// The folder a path lies in.
#[must_use]
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The disk at one moment of a trace.
#[derive(Debug)]
pub struct Disk<'a> {
    trace: &'a Trace,
    folder: String,
    files: Vec<FileState>,
    by_inode: BTreeMap<u64, FileKey>,
    folders_by_inode: BTreeMap<u64, String>,
    syncs: BTreeMap<u64, usize>,
    /// The names that every power cut leaves.
    pub names: Names,
    /// The changes of names that a power cut may take.
    pub pending_names: Vec<NameChange>,
}

impl<'a> Disk<'a> {
    /// The disk after the first `cut` records of a trace that was recorded in `folder`, which was
    /// empty at first.
    ///
    /// # Errors
    /// When the trace speaks of a file that it never told of.
    pub fn at(trace: &'a Trace, folder: &str, cut: usize) -> Result<Self> {
        let mut disk = Self {
            trace,
            folder: folder.to_owned(),
            files: Vec::new(),
            by_inode: BTreeMap::new(),
            folders_by_inode: BTreeMap::new(),
            syncs: BTreeMap::new(),
            names: Names::default(),
            pending_names: Vec::new(),
        };
        disk.names.directories.insert(String::new());
        for (index, record) in trace.records()[..cut].iter().enumerate() {
            disk.follow(index, record).with_context(|| format!("record {index} of the trace"))?;
        }
        Ok(disk)
    }

    /// A file of this disk.
    #[must_use]
    pub fn file(&self, key: FileKey) -> &FileState {
        &self.files[key]
    }

    /// The bytes that a change wrote; none for a truncation.
    #[must_use]
    pub fn bytes(&self, change: &Change) -> &'a [u8] {
        self.trace.payload(&self.trace.records()[change.record])
    }

    /// Keeps everything of the files with such a name, as if each change had been synced at once.
    pub fn spare(&mut self, name: &str) {
        let is_spared = |deed: &NameDeed| match deed {
            NameDeed::Create(path, file) if path.ends_with(name) => Some(*file),
            _ => None,
        };
        let created = self.pending_names.iter().filter_map(|change| is_spared(&change.deed));
        let kept = self.names.files.iter().filter(|(path, _)| path.ends_with(name)).map(|(_, file)| *file);
        let spared: Vec<FileKey> = created.chain(kept).collect();
        for key in spared {
            self.keep_content(key, usize::MAX);
            self.keep_name_of(key, usize::MAX);
        }
    }

    fn follow(&mut self, index: usize, record: &Record) -> Result<()> {
        match record.kind {
            Kind::Open => self.open(index, record),
            Kind::Write => {
                let length = self.trace.payload(record).len() as u64;
                self.change(index, record, Deed::Write { offset: record.number, length })?;
            }
            Kind::Truncate => self.change(index, record, Deed::Truncate(record.number))?,
            Kind::SyncBegin => {
                self.syncs.insert(record.number, index);
            }
            Kind::SyncEnd => self.end_sync(record)?,
            Kind::Unlink => {
                let path = self.relative(&self.trace.text(record));
                let file = self.by_inode.get(&record.file).copied();
                self.name_changed(index, NameDeed::Remove(path, file));
            }
            Kind::Rename => self.rename(index, record)?,
            Kind::MakeDirectory => {
                let path = self.relative(&self.trace.text(record));
                self.name_changed(index, NameDeed::MakeDirectory(path));
            }
            Kind::Acknowledge | Kind::Fault | Kind::Unsupported => {}
        }
        Ok(())
    }

    fn relative(&self, path: &str) -> String {
        path.strip_prefix(&self.folder).unwrap_or(path).trim_start_matches('/').to_owned()
    }

    fn open(&mut self, index: usize, record: &Record) {
        let path = self.relative(&self.trace.text(record));
        if record.number & OPEN_DIRECTORY != 0 {
            self.folders_by_inode.insert(record.file, path);
        } else if record.number & OPEN_CREATED != 0 {
            let key = self.files.len();
            self.files.push(FileState::default());
            self.by_inode.insert(record.file, key);
            self.name_changed(index, NameDeed::Create(path, key));
        }
    }

    fn rename(&mut self, index: usize, record: &Record) -> Result<()> {
        let text = self.trace.text(record);
        let (from, to) = text.split_once('\0').context("a rename without a new name")?;
        let key = self.known_file(record.file)?;
        self.name_changed(index, NameDeed::Rename(self.relative(from), self.relative(to), key));
        Ok(())
    }

    fn name_changed(&mut self, record: usize, deed: NameDeed) {
        self.pending_names.push(NameChange { record, deed });
    }

    fn known_file(&self, inode: u64) -> Result<FileKey> {
        self.by_inode.get(&inode).copied().with_context(|| format!("file {inode} was never opened"))
    }

    fn change(&mut self, index: usize, record: &Record, deed: Deed) -> Result<()> {
        let key = self.known_file(record.file)?;
        self.files[key].pending.push(Change { record: index, deed, doubtful: false });
        Ok(())
    }

    fn end_sync(&mut self, record: &Record) -> Result<()> {
        let begin = self.syncs.remove(&record.number).context("a sync that never began")?;
        let succeeded = self.trace.payload(record).iter().all(|byte| *byte == 0);
        if let Some(folder) = self.folders_by_inode.get(&record.file).cloned() {
            if succeeded {
                self.keep_names_in(&folder, begin);
            }
            return Ok(());
        }
        let key = self.known_file(record.file)?;
        if succeeded {
            self.keep_content(key, begin);
            self.keep_name_of(key, begin);
        } else {
            for change in self.files[key].pending.iter_mut().filter(|change| change.record < begin) {
                change.doubtful = true;
            }
        }
        Ok(())
    }

    fn keep_content(&mut self, key: FileKey, begin: usize) {
        let pending = std::mem::take(&mut self.files[key].pending);
        let is_synced = |change: &Change| change.record < begin && !change.doubtful;
        let synced: Vec<Deed> =
            pending.iter().filter(|change| is_synced(change)).map(|change| change.deed).collect();
        for change in pending {
            let is_rewritten =
                || change.doubtful && synced.iter().any(|deed| deed.shares_a_page_with(change.deed));
            if is_synced(&change) || is_rewritten() {
                let bytes = self.bytes(&change);
                apply(&mut self.files[key].kept, change.deed, bytes);
            } else {
                self.files[key].pending.push(change);
            }
        }
    }

    fn keep_name_of(&mut self, key: FileKey, begin: usize) {
        let created = self.pending_names.iter().find_map(|change| match &change.deed {
            NameDeed::Create(path, file) if *file == key && change.record < begin => Some(path.clone()),
            _ => None,
        });
        if let Some(path) = created {
            self.keep_names(begin, |deed| match deed {
                NameDeed::Create(_, file) => *file == key,
                NameDeed::MakeDirectory(folder) => path.starts_with(&format!("{folder}/")),
                _ => false,
            });
        }
    }

    fn keep_names_in(&mut self, folder: &str, begin: usize) {
        let is_renaming = |deed: &NameDeed| match deed {
            NameDeed::Rename(from, to, _) => parent(from) == folder || parent(to) == folder,
            _ => false,
        };
        let moved: Vec<FileKey> = self
            .pending_names
            .iter()
            .filter(|change| change.record < begin && is_renaming(&change.deed))
            .filter_map(|change| change.deed.file())
            .collect();
        // A file that is kept under its new name has been made, whatever folder it was made in.
        self.keep_names(begin, |deed| match deed {
            NameDeed::Create(path, file) => parent(path) == folder || moved.contains(file),
            NameDeed::MakeDirectory(path) | NameDeed::Remove(path, _) => parent(path) == folder,
            NameDeed::Rename(..) => is_renaming(deed),
        });
    }

    fn keep_names(&mut self, begin: usize, is_covered: impl Fn(&NameDeed) -> bool) {
        for change in std::mem::take(&mut self.pending_names) {
            if change.record < begin && is_covered(&change.deed) {
                self.names.apply(&change.deed);
            } else {
                self.pending_names.push(change);
            }
        }
    }
}

/// Does a change to some content.
pub fn apply(content: &mut Vec<u8>, deed: Deed, bytes: &[u8]) {
    match deed {
        Deed::Write { offset, .. } => write_at(content, offset as usize, bytes),
        Deed::Truncate(length) => content.resize(length as usize, 0),
    }
}

/// Writes bytes, with zeros in front if the content is too short.
pub fn write_at(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::header;

    /// A trace that is written by hand: what happened to one file, inode 7, in folder `/d`.
    #[derive(Default)]
    struct Story(Vec<u8>);

    impl Story {
        fn tell(mut self, kind: Kind, file: u64, number: u64, payload: &[u8]) -> Self {
            self.0.extend_from_slice(&header(kind, file, number, payload.len()));
            self.0.extend_from_slice(payload);
            self
        }

        fn created(self) -> Self {
            self.tell(Kind::Open, 7, OPEN_CREATED, b"/d/a")
        }

        fn written(self, offset: u64, text: &str) -> Self {
            self.tell(Kind::Write, 7, offset, text.as_bytes())
        }

        fn sync_begun(self) -> Self {
            self.tell(Kind::SyncBegin, 7, 1, b"")
        }

        fn sync_ended(self, code: i32) -> Self {
            self.tell(Kind::SyncEnd, 7, 1, &code.to_le_bytes())
        }

        fn told(self) -> Trace {
            Trace::parse(self.0).expect("a trace")
        }
    }

    /// What every power cut leaves of the file at the end of the story; `None` if not even its name.
    fn kept(story: Story) -> Option<String> {
        let trace = story.told();
        let disk = Disk::at(&trace, "/d", trace.records().len()).expect("a disk");
        let key = disk.names.files.get("a")?;
        Some(String::from_utf8_lossy(&disk.file(*key).kept).into_owned())
    }

    #[test]
    fn what_was_never_synced_may_be_lost_with_its_name() {
        assert_eq!(kept(Story::default().created().written(0, "abc")), None);
    }

    #[test]
    fn a_sync_keeps_content_and_name() {
        let story = Story::default().created().written(0, "abc").sync_begun().sync_ended(0);
        assert_eq!(kept(story.written(3, "def")), Some("abc".into()));
    }

    #[test]
    fn a_sync_does_not_cover_what_was_written_while_it_ran() {
        let story = Story::default().created().written(0, "abc").sync_begun().written(3, "def").sync_ended(0);
        assert_eq!(kept(story), Some("abc".into()));
    }

    #[test]
    fn a_sync_that_has_not_returned_keeps_nothing_for_certain() {
        assert_eq!(kept(Story::default().created().written(0, "abc").sync_begun()), None);
    }

    #[test]
    fn a_sync_after_a_failed_one_does_not_keep_what_that_one_lost() {
        let story = Story::default().created().written(0, "abc").sync_begun().sync_ended(libc_eio());
        assert_eq!(kept(story.sync_begun().sync_ended(0)), Some(String::new()));
    }

    #[test]
    fn a_page_written_again_after_a_failed_sync_is_kept_by_the_next() {
        let story = Story::default().created().written(0, "abc").sync_begun().sync_ended(libc_eio());
        assert_eq!(kept(story.written(3, "def").sync_begun().sync_ended(0)), Some("abcdef".into()));
    }

    #[test]
    fn a_removal_may_come_undone_until_its_folder_is_synced() {
        let removed = || {
            Story::default().created().written(0, "abc").sync_begun().sync_ended(0).tell(
                Kind::Unlink,
                7,
                0,
                b"/d/a",
            )
        };
        assert_eq!(kept(removed()), Some("abc".into()));
        let folder_synced = removed()
            .tell(Kind::Open, 1, OPEN_DIRECTORY, b"/d")
            .tell(Kind::SyncBegin, 1, 2, b"")
            .tell(Kind::SyncEnd, 1, 2, &0_i32.to_le_bytes());
        assert_eq!(kept(folder_synced), None);
    }

    #[test]
    fn a_trace_with_a_deed_it_cannot_tell_is_refused() {
        let story = Story::default().created().tell(Kind::Unsupported, 7, 0, b"mmap");
        assert!(Trace::parse(story.0).is_err());
    }

    #[test]
    fn an_incomplete_last_record_is_dropped() {
        let mut bytes = Story::default().created().written(0, "abc").0;
        bytes.truncate(bytes.len() - 1);
        assert_eq!(Trace::parse(bytes).expect("a trace").records().len(), 1);
    }

    const fn libc_eio() -> i32 {
        5
    }
}
