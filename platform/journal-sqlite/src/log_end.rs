//! What the end of the log tells that SQLite passes over.
//!
//! SQLite reads the log up to the first frame that does not fit, and takes what lies behind it for
//! the rest of a commit that a power cut tore. For the last commit that is right. But each commit
//! is synced before the next begins: a commit that lies behind the break and is followed by another
//! was safe, so the break is damage, and reading on from before it would lose batches in silence.
//! Likewise a file that by itself shows a later batch than file and log together: the log that
//! brought it there has lost its end.
//!
//! What this cannot see: a log that ends cleanly before its end, or is damaged within its last two
//! commits or its header, as long as the file is no further. It looks like an earlier moment; neighbours that
//! have read further refuse to follow (decision 5).

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, MAIN_DB, OpenFlags};

use crate::failure::Failure;

const HEADER_BYTES: u64 = 32;
const FRAME_HEADER_BYTES: u64 = 24;

/// Holds what SQLite read of the log against what lies behind it, and against the file alone. To be
/// called by the only writer, before it writes or moves anything.
///
/// # Errors
/// [`journal::StoreError::Damaged`] when commits that were safe are missing.
pub(crate) fn verify(connection: &Connection, path: &Path) -> Result<(), Failure> {
    let (frames, _) = connection.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::NOOP)?;
    let frames = u64::try_from(frames).unwrap_or(0);
    match look_behind(&log_path(path), frames) {
        Ok(None) => {}
        Ok(Some(detail)) => return Err(Failure::damaged("the log", detail)),
        Err(error) => return Err(Failure::damaged("the log", error.to_string())),
    }
    let sequence = last_sequence(connection).unwrap_or(0);
    match last_sequence_in_file(path) {
        Some(in_file) if in_file > sequence => {
            let detail = format!("it ends at batch {sequence}, the file alone shows batch {in_file}");
            Err(Failure::damaged("the log", detail))
        }
        _ => Ok(()),
    }
}

fn log_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// `None` where there are no batches yet, or where a checkpoint that was cut short left a file that
/// cannot be read by itself.
fn last_sequence(connection: &Connection) -> Option<i64> {
    connection.query_row("SELECT max(sequence) FROM batches", [], |row| row.get(0)).ok()?
}

/// The file without its log.
fn last_sequence_in_file(path: &Path) -> Option<i64> {
    let escaped: String = path.to_str()?.bytes().map(escape).collect();
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags).ok()?;
    last_sequence(&connection)
}

fn escape(byte: u8) -> String {
    match byte {
        b'/' | b'-' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
        _ => format!("%{byte:02x}"),
    }
}

/// What is wrong behind the `frames` that SQLite read, if anything is.
fn look_behind(log: &Path, frames: u64) -> io::Result<Option<String>> {
    let file = match File::open(log) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let length = file.metadata()?.len();
    if length <= HEADER_BYTES {
        return Ok(None);
    }
    let mut header = [0; HEADER_BYTES as usize];
    file.read_exact_at(&mut header, 0)?;
    let Some(format) = Format::of(&header) else {
        // Torn while the log was begun anew: everything had been moved into the file before.
        return Ok(None);
    };
    let mut run = Run::default();
    let mut frame = vec![0; format.frame_bytes() as usize];
    for number in frames..(length - HEADER_BYTES) / format.frame_bytes() {
        let start = HEADER_BYTES + number * format.frame_bytes();
        file.read_exact_at(&mut frame[..FRAME_HEADER_BYTES as usize], start)?;
        // A frame of an earlier round of the log counts for nothing.
        if frame[8..16] != format.salts {
            run = Run::default();
            continue;
        }
        file.read_exact_at(&mut frame, start)?;
        if run.continues_a_commit_with(&format, &frame) {
            let detail = format!(
                "it breaks off after frame {frames}, but commits go on behind, at frame {}",
                number + 1
            );
            return Ok(Some(detail));
        }
    }
    Ok(None)
}

/// How a log is written, by its header.
struct Format {
    page_bytes: u64,
    is_big_endian: bool,
    salts: [u8; 8],
}

impl Format {
    fn of(header: &[u8; HEADER_BYTES as usize]) -> Option<Self> {
        let page_bytes = word(header, 8);
        let mut format =
            Self { page_bytes: page_bytes.into(), is_big_endian: word(header, 0) & 1 == 1, salts: [0; 8] };
        format.salts.copy_from_slice(&header[16..24]);
        let is_log = word(header, 0) & !1 == 0x377f_0682 && page_bytes.is_power_of_two() && page_bytes >= 512;
        let sum = format.add((0, 0), &header[..24]);
        (is_log && sum == (word(header, 24), word(header, 28))).then_some(format)
    }

    const fn frame_bytes(&self) -> u64 {
        FRAME_HEADER_BYTES + self.page_bytes
    }

    fn checksum(&self, before: (u32, u32), frame: &[u8]) -> (u32, u32) {
        self.add(self.add(before, &frame[..8]), &frame[FRAME_HEADER_BYTES as usize..])
    }

    fn add(&self, mut sum: (u32, u32), bytes: &[u8]) -> (u32, u32) {
        for eight in bytes.chunks_exact(8) {
            sum.0 = sum.0.wrapping_add(self.word(eight, 0)).wrapping_add(sum.1);
            sum.1 = sum.1.wrapping_add(self.word(eight, 4)).wrapping_add(sum.0);
        }
        sum
    }

    fn word(&self, bytes: &[u8], at: usize) -> u32 {
        let word = word(bytes, at);
        if self.is_big_endian { word } else { word.swap_bytes() }
    }
}

/// Frames behind the break that were written one after the other: each carries a checksum over its
/// own bytes and the one before.
#[derive(Default)]
struct Run {
    checksum: Option<(u32, u32)>,
    is_committed: bool,
}

impl Run {
    fn continues_a_commit_with(&mut self, format: &Format, frame: &[u8]) -> bool {
        let stored = (word(frame, 16), word(frame, 20));
        let is_next = self.checksum.is_some_and(|before| format.checksum(before, frame) == stored);
        let continues = is_next && self.is_committed;
        // Only a frame that fits is believed to end a commit.
        self.is_committed = is_next && word(frame, 4) != 0;
        self.checksum = Some(stored);
        continues
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
