use kernel::Timestamp;
use uuid::Uuid;

use crate::failure::Failure;

/// The checksum of a row: over its table and everything it says, CRC-32.
///
/// It is there to find damage; that nobody changed a fact is what the hashes of events say.
pub(crate) struct Checksum(crc32fast::Hasher);

impl Checksum {
    /// Begins with the table's name.
    pub(crate) fn of(table: &str) -> Self {
        Self(crc32fast::Hasher::new()).text(table)
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    pub(crate) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    pub(crate) fn id(self, id: &Uuid) -> Self {
        self.bytes(id.as_bytes())
    }

    pub(crate) fn number(mut self, number: u64) -> Self {
        self.0.update(&number.to_le_bytes());
        self
    }

    pub(crate) fn at(mut self, at: Timestamp) -> Self {
        self.0.update(&at.millis().to_le_bytes());
        self
    }

    /// Tells nothing from something empty.
    pub(crate) fn optional(self, bytes: Option<&[u8]>) -> Self {
        match bytes {
            None => self.number(0),
            Some(bytes) => self.number(1).bytes(bytes),
        }
    }

    pub(crate) fn finish(self) -> i64 {
        i64::from(self.0.finalize())
    }
}

/// Holds a row against its stored checksum; `place` is asked only when it does not fit.
pub(crate) fn verify(stored: i64, computed: i64, place: impl FnOnce() -> String) -> Result<(), Failure> {
    if stored == computed {
        Ok(())
    } else {
        Err(Failure::damaged(place(), "the row does not fit its checksum"))
    }
}
