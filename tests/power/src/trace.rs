//! The trace of a recorded run, read back.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::format::{self, HEADER_LENGTH, Kind, OPEN_CREATED};
use crate::image::Image;

/// One record: what happened, to which file, and where its payload lies in the trace.
#[derive(Debug, Clone)]
pub struct Record {
    /// What happened.
    pub kind: Kind,
    /// Inode number of the file, 0 where there is none.
    pub file: u64,
    /// Offset, length, flags or token, by kind.
    pub number: u64,
    payload: Range<usize>,
}

/// Everything that happened, in its order.
#[derive(Debug, Default)]
pub struct Trace {
    bytes: Vec<u8>,
    records: Vec<Record>,
}

impl Trace {
    /// Reads a trace file.
    ///
    /// # Errors
    /// When it cannot be read, or tells of something that the replayer cannot replay.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("reading trace {}", path.display()))?;
        Self::parse(bytes)
    }

    /// Reads the bytes of a trace. An incomplete record at the end is dropped.
    ///
    /// # Errors
    /// When a record is not one, or tells of something that the replayer cannot replay.
    pub fn parse(bytes: Vec<u8>) -> Result<Self> {
        let mut records = Vec::new();
        let mut start = 0;
        while let Some(header) = bytes.get(start..start + HEADER_LENGTH) {
            let length = u32::from_le_bytes(array(&header[0..4])) as usize;
            let end = start + 4 + length;
            if end > bytes.len() {
                break;
            }
            let Some(kind) = Kind::from_number(header[4]) else {
                bail!("the trace has no record at byte {start}");
            };
            let payload = start + HEADER_LENGTH..end;
            if kind == Kind::Unsupported {
                bail!("the trace cannot be replayed: {}", String::from_utf8_lossy(&bytes[payload]));
            }
            records.push(Record {
                kind,
                file: u64::from_le_bytes(array(&header[5..13])),
                number: u64::from_le_bytes(array(&header[13..21])),
                payload,
            });
            start = end;
        }
        Ok(Self { bytes, records })
    }

    /// The records.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The payload of one of this trace's records.
    #[must_use]
    pub fn payload(&self, record: &Record) -> &[u8] {
        &self.bytes[record.payload.clone()]
    }

    /// The payload as text.
    #[must_use]
    pub fn text(&self, record: &Record) -> String {
        String::from_utf8_lossy(self.payload(record)).into_owned()
    }

    /// The acknowledgements before record `cut`.
    pub fn acknowledgements(&self, cut: usize) -> impl Iterator<Item = String> + '_ {
        self.of_kind(cut, Kind::Acknowledge)
    }

    /// The injected faults before record `cut`.
    pub fn faults(&self, cut: usize) -> impl Iterator<Item = String> + '_ {
        self.of_kind(cut, Kind::Fault)
    }

    fn of_kind(&self, cut: usize, kind: Kind) -> impl Iterator<Item = String> + '_ {
        self.records[..cut].iter().filter(move |record| record.kind == kind).map(|record| self.text(record))
    }

    /// The same trace as if the files with such names had never been synced: what a program that
    /// leaves out those syncs would have recorded.
    #[must_use]
    pub fn without_syncs_of(&self, suffix: &str) -> Self {
        let mut is_left_out = BTreeMap::new();
        let mut records = Vec::new();
        for record in &self.records {
            if record.kind == Kind::Open {
                is_left_out.insert(record.file, self.payload(record).ends_with(suffix.as_bytes()));
            }
            let is_sync = matches!(record.kind, Kind::SyncBegin | Kind::SyncEnd);
            if !(is_sync && is_left_out.get(&record.file) == Some(&true)) {
                records.push(record.clone());
            }
        }
        Self { bytes: self.bytes.clone(), records }
    }

    /// The bytes, to be kept for a replay.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}

/// The place where acknowledgements are written down: the trace itself, so that they stand in one
/// sequence with the writes and syncs. A client outside the recorded program may use it too; its
/// line then comes later than the deed, and a cut between the two asks for less, never for more.
#[derive(Debug)]
pub struct AcknowledgementLog {
    trace: File,
}

impl AcknowledgementLog {
    /// Opens the trace for more lines.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(trace: &Path) -> Result<Self> {
        let trace = OpenOptions::new().append(true).create(true).open(trace)?;
        Ok(Self { trace })
    }

    /// Writes down that somebody has been told `what`.
    ///
    /// # Errors
    /// When the trace cannot be written.
    pub fn acknowledge(&mut self, what: &str) -> Result<()> {
        self.append(Kind::Acknowledge, 0, 0, what.as_bytes())
    }

    /// Writes down what was in `folder`, and safe, before the recording: as if each file had been
    /// made, written and synced just now.
    ///
    /// # Errors
    /// When the trace cannot be written, or the files are not there.
    pub fn tell_of(&mut self, folder: &Path, before: &Image) -> Result<()> {
        for directory in &before.directories {
            let path = folder.join(directory);
            self.append(Kind::MakeDirectory, 0, 0, path.as_os_str().as_bytes())?;
        }
        for (name, content) in &before.files {
            let path = folder.join(name);
            let inode = std::fs::metadata(&path)?.ino();
            self.append(Kind::Open, inode, OPEN_CREATED, path.as_os_str().as_bytes())?;
            self.append(Kind::Write, inode, 0, content)?;
            self.append(Kind::SyncBegin, inode, inode, &[])?;
            self.append(Kind::SyncEnd, inode, inode, &0_i32.to_le_bytes())?;
        }
        Ok(())
    }

    fn append(&mut self, kind: Kind, file: u64, number: u64, payload: &[u8]) -> Result<()> {
        let mut record = format::header(kind, file, number, payload.len()).to_vec();
        record.extend_from_slice(payload);
        Ok(self.trace.write_all(&record)?)
    }
}
