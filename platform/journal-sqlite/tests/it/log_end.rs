//! A log that was harmed is told from one that a power cut tore.

use std::fs;
use std::path::PathBuf;

use journal::suite::Workshop;
use journal::suite::given::{Pen, order};
use journal::{Journal, Reader, StoreError};
use journal_sqlite::Options;

use crate::workshop::Folder;

const BATCHES: u64 = 12;

/// A folder as a killed writer leaves it: twelve batches, of which the first `moved` are in the
/// file already; and the log's bytes.
fn killed_after_twelve_batches(moved: u64) -> (Folder, Vec<u8>) {
    let options = || Options { checkpointer: false, checkpoint_bytes: 1, ..Options::default() };
    let (mut alive, left) = (Folder::without_disk(options()), Folder::without_disk(options()));
    let (mut journal, mut pen) = (alive.open(), Pen::default());
    for number in 0..BATCHES {
        if number == moved {
            journal.tidy_up().unwrap();
        }
        journal.commit(pen.batch_of(&[order(number.into())])).unwrap();
    }
    if moved == BATCHES {
        journal.tidy_up().unwrap();
    }
    fs::create_dir_all(left.role()).unwrap();
    fs::copy(alive.file(), left.file()).unwrap();
    let log = fs::read(log_of(&alive)).unwrap();
    (left, log)
}

fn log_of(folder: &Folder) -> PathBuf {
    folder.role().join("journal.db-wal")
}

fn damage_found(folder: &mut Folder) -> String {
    match folder.try_open() {
        Err(StoreError::Damaged { detail, .. }) => detail,
        Err(error) => panic!("expected damage, not: {error}"),
        Ok(mut journal) => panic!("expected damage, but it opened at {:?}", journal.head()),
    }
}

#[test]
fn a_log_left_by_a_kill_is_read_to_its_end() {
    let (mut folder, log) = killed_after_twelve_batches(0);
    fs::write(log_of(&folder), &log).unwrap();
    assert_eq!(folder.open().head(), Ok(BATCHES));
}

#[test]
fn a_flipped_bit_in_the_middle_of_the_log_is_named_and_the_log_is_left_as_it_is() {
    let (mut folder, mut log) = killed_after_twelve_batches(0);
    let middle = log.len() / 2;
    log[middle] ^= 4;
    fs::write(log_of(&folder), &log).unwrap();
    assert!(damage_found(&mut folder).contains("commits go on behind"));
    assert_eq!(fs::read(log_of(&folder)).unwrap(), log);
}

#[test]
fn a_last_commit_that_was_torn_counts_as_never_made() {
    let (mut folder, mut log) = killed_after_twelve_batches(0);
    let end = log.len();
    log[end - 4096..].fill(0);
    fs::write(log_of(&folder), &log).unwrap();
    assert_eq!(folder.open().head(), Ok(BATCHES - 1));
}

#[test]
fn a_log_that_ends_before_the_file_does_is_named() {
    let (mut folder, mut log) = killed_after_twelve_batches(BATCHES);
    let end = log.len();
    log[end - 4096..].fill(0);
    fs::write(log_of(&folder), &log).unwrap();
    assert_eq!(damage_found(&mut folder), "it ends at batch 11, the file alone shows batch 12");
}
