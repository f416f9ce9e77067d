//! The log is moved and reset; a reader that stays holds it up and nobody else.

use journal::suite::Workshop;
use journal::suite::given::{Pen, order};
use journal::{Journal, Reader};
use journal_sqlite::{Options, SqliteJournal};
use rusqlite::Connection;

use crate::workshop::Folder;

const CAP_BYTES: u64 = 256 * 1024;

/// Well above the cap, since a reset may find the checkpointer at work; well below what
/// [`commit_many`] writes.
const BOUND_BYTES: u64 = 16 * CAP_BYTES;

fn small_log() -> Folder {
    Folder::with(Options { log_cap_bytes: CAP_BYTES, checkpoint_bytes: 64 * 1024, ..Options::default() })
}

fn log_bytes(folder: &Folder) -> u64 {
    std::fs::metadata(folder.role().join("journal.db-wal")).map_or(0, |file| file.len())
}

fn commit_many(journal: &mut SqliteJournal, pen: &mut Pen, batches: u128) {
    for number in 0..batches {
        journal.commit(pen.batch_of(&[order(number), order(number + 1)])).unwrap();
    }
}

/// A reader that stays in its transaction.
fn stuck_reader(folder: &Folder) -> Connection {
    let reader = Connection::open(folder.file()).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let _events: i64 = reader.query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap();
    reader
}

#[test]
fn the_log_stays_near_its_cap_under_constant_load() {
    let mut folder = small_log();
    let (mut journal, mut pen) = (folder.open(), Pen::default());
    commit_many(&mut journal, &mut pen, 600);
    assert!(log_bytes(&folder) < BOUND_BYTES, "{} bytes", log_bytes(&folder));
    assert!(!journal.must_shed());
}

#[test]
fn a_reader_that_stays_stops_no_commit_but_lets_orders_be_shed_until_it_goes() {
    let mut folder = small_log();
    folder.options.checkpointer = false;
    let (mut journal, mut pen) = (folder.open(), Pen::default());
    let reader = stuck_reader(&folder);
    while !journal.must_shed() {
        commit_many(&mut journal, &mut pen, 10);
        assert!(log_bytes(&folder) < 6 * CAP_BYTES, "nothing is shed at {} bytes", log_bytes(&folder));
    }
    assert!(log_bytes(&folder) > 4 * CAP_BYTES);
    drop(reader);
    journal.tidy_up().unwrap();
    assert!(!journal.must_shed());
    commit_many(&mut journal, &mut pen, 600);
    assert!(log_bytes(&folder) < BOUND_BYTES, "the log did not begin anew");
    assert_eq!(journal.audit(), Ok(vec![]));
}

#[test]
fn a_log_that_was_left_behind_is_settled_when_it_is_opened() {
    let mut folder = small_log();
    let (mut journal, mut pen) = (folder.open(), Pen::default());
    commit_many(&mut journal, &mut pen, 20);
    let mut copy = Folder::new();
    std::fs::create_dir_all(copy.role()).unwrap();
    for name in ["journal.db", "journal.db-wal"] {
        std::fs::copy(folder.role().join(name), copy.role().join(name)).unwrap();
    }
    let mut opened = copy.open();
    assert_eq!(opened.head(), journal.head());
    assert_eq!(opened.audit(), Ok(vec![]));
    opened.commit(pen.batch_of(&[order(1)])).unwrap();
}
