use std::fs::{self, File};
use std::io;
use std::path::Path;

use journal::{JournalIdentity, StoreError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The manifest's name in a backup. It is written last: without it the backup is not whole.
pub const MANIFEST_NAME: &str = "manifest.json";

pub(super) const FORMAT: u32 = 1;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format of this file.
    pub format: u32,
    /// The program's version.
    pub version: String,
    /// When the cut was taken, RFC 3339.
    pub taken_at: String,
    /// The journals, by role.
    pub journals: Vec<JournalCopy>,
}

/// The copy of one journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalCopy {
    /// Whose.
    pub role: String,
    /// The journal's id.
    pub journal: Uuid,
    /// Its epoch when it was copied.
    pub epoch: u32,
    /// Its last position.
    pub head: u64,
    /// The hash over its last batch and all before it, hexadecimal.
    pub seal: String,
    /// The file's size, in bytes.
    pub bytes: u64,
    /// BLAKE3 over the file, hexadecimal.
    pub blake3: String,
}

impl JournalCopy {
    /// The identity of the journal that was copied.
    #[must_use]
    pub const fn identity(&self) -> JournalIdentity {
        JournalIdentity { journal: self.journal, epoch: self.epoch }
    }
}

impl Manifest {
    /// Reads the manifest of a backup.
    ///
    /// # Errors
    /// [`StoreError::Unfit`] when the backup is not whole or of another format.
    pub fn read(backup: &Path) -> Result<Self, StoreError> {
        let path = backup.join(MANIFEST_NAME);
        let unfit = |cause: String| StoreError::Unfit(format!("{}: {cause}", path.display()));
        let text = fs::read(&path).map_err(|error| unfit(format!("no whole backup: {error}")))?;
        let manifest: Self = serde_json::from_slice(&text).map_err(|error| unfit(error.to_string()))?;
        if manifest.format == FORMAT {
            return Ok(manifest);
        }
        Err(unfit(format!("expected format {FORMAT}, not {}", manifest.format)))
    }

    /// Writes it so that it is there whole or not at all, also after a power cut.
    pub(super) fn write(&self, backup: &Path) -> io::Result<()> {
        let unfinished = backup.join("manifest.unfinished");
        fs::write(&unfinished, serde_json::to_vec_pretty(self)?)?;
        File::open(&unfinished)?.sync_all()?;
        fs::rename(&unfinished, backup.join(MANIFEST_NAME))?;
        File::open(backup)?.sync_all()
    }
}

/// The size of a file and the BLAKE3 over it.
pub(super) fn fingerprint(path: &Path) -> io::Result<(u64, String)> {
    let mut hasher = blake3::Hasher::new();
    let bytes = io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok((bytes, hasher.finalize().to_hex().to_string()))
}

/// Bytes as hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
