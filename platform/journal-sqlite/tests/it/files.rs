//! What a file is refused for, and what is set on every connection.

use journal::suite::Workshop;
use journal::suite::given::{Pen, at, order, timer};
use journal::{Batch, CounterValue, Journal, Reader, StoreError, TimerWrite};
use journal_sqlite::{Options, SqliteJournal, SqliteReader};
use rusqlite::Connection;
use uuid::Uuid;

use crate::workshop::Folder;

fn unfit<T>(outcome: Result<T, StoreError>) -> String {
    match outcome {
        Err(StoreError::Unfit(reason)) => reason,
        Err(error) => panic!("expected it to be unfit, not: {error}"),
        Ok(_) => panic!("expected it to be unfit"),
    }
}

#[test]
fn a_journal_of_another_role_is_refused_with_its_reason() {
    let mut folder = Folder::new();
    drop(folder.open());
    let reason = unfit(SqliteJournal::open(&folder.role(), "payment", Options::default()));
    assert_eq!(reason, "it is the journal of ordering, not of payment");
}

#[test]
fn another_programs_database_is_refused_and_left_as_it_is() {
    let mut folder = Folder::new();
    std::fs::create_dir_all(folder.role()).unwrap();
    let other = Connection::open(folder.file()).unwrap();
    other.execute_batch("CREATE TABLE theirs (a)").unwrap();
    drop(other);
    assert!(unfit(folder.try_open()).ends_with("is another program's file, not a journal"));
    let other = Connection::open(folder.file()).unwrap();
    let tables: i64 = other.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let mut folder = Folder::new();
    std::fs::create_dir_all(folder.role()).unwrap();
    std::fs::write(folder.file(), "orders\n".repeat(2000)).unwrap();
    assert!(unfit(folder.try_open()).contains("is no journal"));
}

#[test]
fn a_file_from_the_future_is_refused() {
    let mut folder = Folder::new();
    drop(folder.open());
    Connection::open(folder.file()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let expected = "has schema version 99, this program reads version 2";
    assert!(unfit(folder.try_open()).ends_with(expected));
    assert!(unfit(SqliteReader::open(&folder.file())).ends_with(expected));
}

#[test]
fn a_file_of_the_first_schema_is_brought_up_to_date_by_its_writer_and_keeps_its_timers() {
    let mut folder = Folder::new();
    let (mut journal, mut pen) = (folder.open(), Pen::default());
    let timers = vec![TimerWrite::Set(timer("expire/1", 50))];
    journal.commit(Batch { timers, ..pen.batch() }).unwrap();
    // Long enough ago to be in the table, as every timer of the first schema is.
    for value in 0..70 {
        let counters = vec![CounterValue { name: "orders/cafe".to_owned(), value }];
        journal.commit(Batch { counters, ..pen.batch() }).unwrap();
    }
    drop(journal);
    let older = "DROP TABLE young_timers; PRAGMA user_version = 1;
                 DELETE FROM refinery_schema_history WHERE version > 1;";
    Connection::open(folder.file()).unwrap().execute_batch(older).unwrap();

    let expected = "has schema version 1, this program reads version 2; its writer brings it up to date";
    assert!(unfit(SqliteReader::open(&folder.file())).contains(expected));
    let mut journal = folder.open();
    assert_eq!(journal.timers().unwrap(), [timer("expire/1", 50)]);
    assert_eq!(journal.next_timer_at().unwrap(), Some(at(50)));
    assert!(journal.audit().unwrap().is_empty());
    assert!(SqliteReader::open(&folder.file()).is_ok());
}

#[test]
fn a_reader_makes_no_file() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.role()).unwrap();
    assert!(SqliteReader::open(&folder.file()).is_err());
    assert!(!folder.file().exists());
}

#[test]
fn a_new_journal_takes_the_id_it_is_given_and_draws_one_otherwise() {
    let given = Options { new_journal: Some(Uuid::from_u128(7)), ..Options::default() };
    let identity = Folder::with(given).open().identity().unwrap();
    assert_eq!((identity.journal, identity.epoch), (Uuid::from_u128(7), 1));
    let drawn = || Folder::new().open().identity().unwrap().journal;
    assert_ne!(drawn(), drawn());
}

#[test]
fn a_reader_reads_what_a_killed_writer_left_in_the_log() {
    let mut folder = Folder::new();
    let mut journal = folder.open();
    journal.commit(Pen::default().batch_of(&[order(1), order(2)])).unwrap();
    // The copy is what a kill leaves: a file and a log that nobody closed.
    let copy = Folder::new();
    std::fs::create_dir_all(copy.role()).unwrap();
    for name in ["journal.db", "journal.db-wal"] {
        std::fs::copy(folder.role().join(name), copy.role().join(name)).unwrap();
    }
    let mut reader = SqliteReader::open(&copy.file()).unwrap();
    assert_eq!(reader.head(), Ok(2));
    assert_eq!(reader.audit(), Ok(vec![]));
}

#[test]
fn closing_a_reader_leaves_the_log_alone() {
    let mut folder = Folder::new();
    let mut journal = folder.open();
    journal.commit(Pen::default().batch_of(&[order(1)])).unwrap();
    let copy = Folder::new();
    std::fs::create_dir_all(copy.role()).unwrap();
    let log = copy.role().join("journal.db-wal");
    std::fs::copy(folder.file(), copy.file()).unwrap();
    std::fs::copy(folder.role().join("journal.db-wal"), &log).unwrap();
    let before = std::fs::read(&log).unwrap();
    drop(SqliteReader::open(&copy.file()).unwrap());
    assert_eq!(std::fs::read(&log).unwrap(), before);
}
