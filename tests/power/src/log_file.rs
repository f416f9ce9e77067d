//! Just enough of SQLite's write-ahead log to aim at it: <https://sqlite.org/fileformat2.html#walformat>.

const HEADER_LENGTH: usize = 32;
const FRAME_HEADER_LENGTH: usize = 24;

/// The frames of a log that SQLite would read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    page_size: usize,
    /// How many frames from the beginning carry the right checksums.
    pub frames: usize,
    /// Of those, the numbers (from 1) of the ones that end a transaction.
    pub commits: Vec<usize>,
}

impl LogFile {
    /// Reads a log; `None` if it has no valid header.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let header = bytes.get(..HEADER_LENGTH)?;
        let is_big_endian = number(header, 0) & 1 == 1;
        let page_size = number(header, 8) as usize;
        let mut sum = checksum((0, 0), &header[..24], is_big_endian);
        if number(header, 0) & !1 != 0x377f_0682 || sum != (number(header, 24), number(header, 28)) {
            return None;
        }
        let mut log = Self { page_size, frames: 0, commits: Vec::new() };
        while let Some(frame) = bytes.get(log.frame_start(log.frames)..log.frame_start(log.frames + 1)) {
            sum = checksum(sum, &frame[..8], is_big_endian);
            sum = checksum(sum, &frame[FRAME_HEADER_LENGTH..], is_big_endian);
            if frame[8..16] != header[16..24] || sum != (number(frame, 16), number(frame, 20)) {
                break;
            }
            log.frames += 1;
            if number(frame, 4) != 0 {
                log.commits.push(log.frames);
            }
        }
        Some(log)
    }

    /// Where frame `index` (from 0) begins, or the one before it ends.
    #[must_use]
    pub const fn frame_start(&self, index: usize) -> usize {
        HEADER_LENGTH + index * (FRAME_HEADER_LENGTH + self.page_size)
    }

    /// Where the last committed frame ends; what lies behind it counts for nothing.
    #[must_use]
    pub fn live_end(&self) -> usize {
        self.frame_start(self.commits.last().copied().unwrap_or(0))
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn checksum(mut sum: (u32, u32), bytes: &[u8], is_big_endian: bool) -> (u32, u32) {
    let word = |four: &[u8]| {
        let word = number(four, 0);
        if is_big_endian { word } else { word.swap_bytes() }
    };
    for eight in bytes.chunks_exact(8) {
        sum.0 = sum.0.wrapping_add(word(&eight[..4])).wrapping_add(sum.1);
        sum.1 = sum.1.wrapping_add(word(&eight[4..])).wrapping_add(sum.0);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    #[test]
    fn a_log_of_three_commits_is_read_and_a_flipped_bit_ends_it() {
        let folder = crate::recording::scratch_folder().expect("a folder");
        let file = folder.path().join("a.db");
        let connection = Connection::open(&file).expect("a database");
        connection.execute_batch("PRAGMA journal_mode=WAL; CREATE TABLE t (a)").expect("a table");
        for _ in 0..2 {
            connection.execute("INSERT INTO t VALUES (1)", []).expect("a row");
        }
        let mut bytes = std::fs::read(folder.path().join("a.db-wal")).expect("the log");

        let log = LogFile::read(&bytes).expect("a log");
        assert_eq!(log.commits.len(), 3);
        assert_eq!(log.live_end(), bytes.len());

        bytes[log.frame_start(log.commits[1]) + 100] ^= 1;
        let log = LogFile::read(&bytes).expect("a log");
        assert_eq!(log.commits.len(), 2);
    }
}
