//! A line of JSON per message, appended to one file.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::effects::Letter;

/// The file of messages.
#[derive(Debug)]
pub(super) struct MessageFile {
    path: PathBuf,
    writing: Mutex<()>,
}

impl MessageFile {
    pub(super) const fn new(path: PathBuf) -> Self {
        Self { path, writing: Mutex::new(()) }
    }

    /// Appends the message. The file is opened every time, so that it may be moved away.
    pub(super) fn put(&self, letter: &Letter) -> Result<(), String> {
        let mut line = serde_json::to_vec(letter).map_err(|error| error.to_string())?;
        line.push(b'\n');
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let file = OpenOptions::new().create(true).read(true).append(true).open(&self.path);
        file.and_then(|file| append(file, &line)).map_err(|error| error.kind().to_string())
    }
}

/// Appends a line of its own, whole or not at all. Half a line of before, whose program was killed or could not
/// even take it back, is ended first.
fn append(mut file: File, line: &[u8]) -> io::Result<()> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut last = [b'\n'];
    if length > 0 {
        file.seek(SeekFrom::Start(length - 1))?;
        file.read_exact(&mut last)?;
    }
    let written =
        if last == [b'\n'] { file.write_all(line) } else { file.write_all(&[b"\n", line].concat()) };
    if written.is_err() {
        // A disk that is full may refuse this too: then the next line ends what stands there.
        drop(file.set_len(length));
    }
    written
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use catalog_contract::{Language, Milestone};
    use kernel::{OrderId, Timestamp};
    use notification_contract::{MessageAddress, MessageId};
    use uuid::Uuid;

    use super::*;

    fn letter(number: u64) -> Letter {
        Letter {
            message: MessageId(Uuid::from_u128(5)),
            shop: "cafe".into(),
            number,
            order: OrderId(Uuid::from_u128(6)),
            order_number: 17,
            sequence: 1,
            milestone: Milestone::Prepared,
            language: Language::En,
            changed_at: Timestamp::from_millis(1_800_000_000_000),
            text: "Your order 17 is ready".to_owned(),
            to: MessageAddress::default(),
            template: None,
            subject: None,
        }
    }

    /// The numbers of the messages in a file; nothing for what is no message.
    fn numbers(path: &std::path::Path) -> Vec<Option<u64>> {
        let text = std::fs::read_to_string(path).unwrap();
        let number = |line| serde_json::from_str::<serde_json::Value>(line).ok()?["number"].as_u64();
        text.lines().map(number).collect()
    }

    #[test]
    fn half_a_line_of_before_spoils_no_message_behind_it() {
        // given a file whose last write broke off
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("messages.jsonl");
        let messages = MessageFile::new(path.clone());
        messages.put(&letter(1)).unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"message\":\"000").unwrap();

        // when two more are written
        messages.put(&letter(2)).unwrap();
        messages.put(&letter(3)).unwrap();

        // then each of them has a line of its own
        assert_eq!(numbers(&path), [Some(1), None, Some(2), Some(3)]);
    }
}
