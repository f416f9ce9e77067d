#![expect(clippy::unwrap_used, reason = "tests may panic")]

use journal::suite::given::{Pen, order};

use super::*;

fn full_disk(pen: &mut Pen) -> (tempfile::TempDir, SqliteJournal) {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = SqliteJournal::open(folder.path(), "ordering", Options::default()).unwrap();
    journal.commit(pen.batch_of(&[order(1)])).unwrap();
    let pages: i64 =
        journal.store.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    journal.store.connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    (folder, journal)
}

fn large_batch(pen: &mut Pen) -> Batch {
    let events = vec![pen.event(order(2), &"x".repeat(100_000))];
    Batch { events, ..pen.batch() }
}

#[test]
fn a_full_disk_is_fatal_and_nothing_is_served_afterwards() {
    let mut pen = Pen::default();
    let (_folder, mut journal) = full_disk(&mut pen);
    let outcome = journal.commit(large_batch(&mut pen));
    assert!(matches!(outcome, Err(StoreError::Fatal(_))), "{outcome:?}");
    assert!(matches!(journal.commit(pen.batch_of(&[order(3)])), Err(StoreError::Fatal(_))));
    assert!(matches!(journal.head(), Err(StoreError::Fatal(_))));
    assert!(matches!(journal.next_timer_at(), Err(StoreError::Fatal(_))));
    assert!(matches!(journal.tidy_up(), Err(StoreError::Fatal(_))));
}

#[test]
fn after_a_fatal_failure_the_next_program_finds_what_was_answered() {
    let mut pen = Pen::default();
    let (folder, mut journal) = full_disk(&mut pen);
    let lost = large_batch(&mut pen);
    let id = lost.id;
    journal.commit(lost).unwrap_err();
    drop(journal);
    let mut journal = SqliteJournal::open(folder.path(), "ordering", Options::default()).unwrap();
    assert_eq!(journal.head(), Ok(1));
    assert_eq!(journal.holds_batch(id), Ok(false));
    assert_eq!(journal.audit(), Ok(vec![]));
}

#[test]
fn a_busy_file_is_unavailable_and_can_be_tried_again() {
    let mut pen = Pen::default();
    let folder = tempfile::tempdir().unwrap();
    let options = Options { busy_timeout_millis: 0, ..Options::default() };
    let mut journal = SqliteJournal::open(folder.path(), "ordering", options).unwrap();
    let other = Connection::open(journal.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let batch = pen.batch_of(&[order(1)]);
    assert!(matches!(journal.commit(batch.clone()), Err(StoreError::Unavailable(_))));
    other.execute_batch("ROLLBACK").unwrap();
    assert!(journal.commit(batch).is_ok());
}
