use kernel::Timestamp;
use uuid::Uuid;

use crate::failure::Failure;

/// The checksum of a row: over its table and everything it says, CRC-32.
///
/// It is there to find damage; that nobody changed a fact is what the hashes of events say.
pub(crate) struct Checksum {
    hasher: crc32fast::Hasher,
    /// Small pieces, gathered: the hash is quicker over one long piece than over many short ones.
    gathered: [u8; GATHERED],
    length: usize,
}

const GATHERED: usize = 512;

impl Checksum {
    /// Begins with the table's name.
    pub(crate) fn of(table: &str) -> Self {
        let mut begun = Self { hasher: crc32fast::Hasher::new(), gathered: [0; GATHERED], length: 0 };
        begun.text(table);
        begun
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.take(&(bytes.len() as u64).to_le_bytes());
        self.take(bytes);
        self
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    pub(crate) fn id(&mut self, id: &Uuid) -> &mut Self {
        self.bytes(id.as_bytes())
    }

    pub(crate) fn number(&mut self, number: u64) -> &mut Self {
        self.take(&number.to_le_bytes());
        self
    }

    pub(crate) fn at(&mut self, at: Timestamp) -> &mut Self {
        self.take(&at.millis().to_le_bytes());
        self
    }

    /// Tells nothing from something empty.
    pub(crate) fn optional(&mut self, bytes: Option<&[u8]>) -> &mut Self {
        match bytes {
            None => self.number(0),
            Some(bytes) => self.number(1).bytes(bytes),
        }
    }

    pub(crate) fn finish(&mut self) -> i64 {
        self.empty();
        i64::from(std::mem::take(&mut self.hasher).finalize())
    }

    fn take(&mut self, piece: &[u8]) {
        if self.length + piece.len() > GATHERED {
            self.empty();
        }
        if piece.len() > GATHERED {
            self.hasher.update(piece);
        } else {
            self.gathered[self.length..self.length + piece.len()].copy_from_slice(piece);
            self.length += piece.len();
        }
    }

    fn empty(&mut self) {
        self.hasher.update(&self.gathered[..self.length]);
        self.length = 0;
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
