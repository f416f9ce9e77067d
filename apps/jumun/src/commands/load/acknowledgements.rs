use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use kernel::{Clock, Money, OrderId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::clock::SystemClock;

/// What the program acknowledged, as this side remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ack {
    /// Which order of this run.
    pub(crate) wish: u64,
    pub(crate) order: OrderId,
    pub(crate) total: Money,
}

/// What of an acknowledged order is believed.
#[derive(Debug, Deserialize)]
pub(crate) struct Acknowledged {
    pub(crate) id: OrderId,
    pub(crate) number: u64,
    pub(crate) total: Money,
}

/// A line of the log.
#[derive(Serialize)]
struct Line<'a> {
    key: &'a str,
    order: OrderId,
    number: u64,
    total: Money,
    status: u16,
    at: Timestamp,
}

/// Every acknowledgement of a run, in memory and, where a file is named, in it.
pub(crate) struct AckLog {
    clock: SystemClock,
    file: Option<BufWriter<File>>,
    acks: Vec<Ack>,
    broken: Option<std::io::Error>,
}

impl AckLog {
    /// An empty log.
    pub(crate) fn create(path: Option<&Path>) -> Result<Self> {
        let open = |path: &Path| {
            File::create(path).with_context(|| format!("--acks {} cannot be written", path.display()))
        };
        let file = path.map(open).transpose()?.map(BufWriter::new);
        Ok(Self { clock: SystemClock::start(), file, acks: Vec::new(), broken: None })
    }

    /// Notes an acknowledgement.
    pub(crate) fn note(&mut self, wish: u64, key: &str, status: u16, said: &Acknowledged) {
        self.acks.push(Ack { wish, order: said.id, total: said.total });
        let Some(file) = &mut self.file else { return };
        let line = Line {
            key,
            order: said.id,
            number: said.number,
            total: said.total,
            status,
            at: self.clock.now(),
        };
        let written =
            serde_json::to_writer(&mut *file, &line).map_err(Into::into).and_then(|()| file.write_all(b"\n"));
        // Told at the end: the load itself goes on.
        self.broken = self.broken.take().or(written.err());
    }

    /// The acknowledgements, when all of them are written.
    pub(crate) fn finish(mut self) -> Result<Vec<Ack>> {
        if let Some(file) = &mut self.file {
            file.flush().context("the log of acknowledgements cannot be written")?;
        }
        match self.broken {
            Some(error) => Err(error).context("the log of acknowledgements cannot be written"),
            None => Ok(self.acks),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use kernel::Currency;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_acknowledgement_is_a_line_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acks.jsonl");
        let mut log = AckLog::create(Some(&path)).unwrap();
        let total = Money::new(4_500, Currency::KRW);
        log.note(3, "load-a-3", 201, &Acknowledged { id: OrderId(Uuid::nil()), number: 9, total });
        assert_eq!(log.finish().unwrap(), [Ack { wish: 3, order: OrderId(Uuid::nil()), total }]);
        let text = std::fs::read_to_string(&path).unwrap();
        let line: serde_json::Value = serde_json::from_str(text.trim()).unwrap();
        assert_eq!(
            (&line["key"], &line["number"], &line["status"]),
            (&"load-a-3".into(), &9.into(), &201.into())
        );
    }
}
