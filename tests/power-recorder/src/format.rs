//! The trace: a file of records, each with its length in front.
//!
//! `power` compiles this same file, so that writer and reader cannot drift apart.
//!
//! ```text
//! length  u32  of everything behind it
//! kind    u8   see `Kind`
//! file    u64  inode number, 0 where there is none
//! number  u64  offset, length, flags or token, by kind
//! payload      bytes, path or text, by kind
//! ```
//! All numbers are little-endian. A record is appended in one system call, so only the last one
//! of a killed program can be incomplete; readers drop it.

/// Bytes in front of the payload, the length itself included.
pub const HEADER_LENGTH: usize = 4 + 1 + 8 + 8;

/// Flag of [`Kind::Open`]: the call created the file.
pub const OPEN_CREATED: u64 = 1;

/// Flag of [`Kind::Open`]: the file is a directory.
pub const OPEN_DIRECTORY: u64 = 2;

/// What a record tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A file was opened. Number: `OPEN_*` flags; payload: its path.
    Open = 1,
    /// Bytes were written. Number: offset; payload: the bytes.
    Write = 2,
    /// A file was cut or stretched. Number: its new length.
    Truncate = 3,
    /// A sync was asked for. Number: a token that its end repeats.
    SyncBegin = 4,
    /// A sync returned. Number: the token; payload: errno as `i32`, 0 for success.
    SyncEnd = 5,
    /// A name was removed. Payload: the path.
    Unlink = 6,
    /// A name was changed. Payload: old path, a zero byte, new path.
    Rename = 7,
    /// A directory was made. Payload: its path.
    MakeDirectory = 8,
    /// Somebody was told that something is safe. Payload: what.
    Acknowledge = 9,
    /// A fault was injected. Payload: its name.
    Fault = 10,
    /// Something happened that the trace cannot express. Payload: what.
    Unsupported = 11,
}

impl Kind {
    /// The kind with this number, if there is one.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Open,
            2 => Self::Write,
            3 => Self::Truncate,
            4 => Self::SyncBegin,
            5 => Self::SyncEnd,
            6 => Self::Unlink,
            7 => Self::Rename,
            8 => Self::MakeDirectory,
            9 => Self::Acknowledge,
            10 => Self::Fault,
            11 => Self::Unsupported,
            _ => return None,
        })
    }
}

/// The bytes in front of a payload of `payload_length` bytes.
#[must_use]
pub fn header(kind: Kind, file: u64, number: u64, payload_length: usize) -> [u8; HEADER_LENGTH] {
    let length = (HEADER_LENGTH - 4 + payload_length) as u32;
    let mut bytes = [0; HEADER_LENGTH];
    bytes[0..4].copy_from_slice(&length.to_le_bytes());
    bytes[4] = kind as u8;
    bytes[5..13].copy_from_slice(&file.to_le_bytes());
    bytes[13..21].copy_from_slice(&number.to_le_bytes());
    bytes
}
